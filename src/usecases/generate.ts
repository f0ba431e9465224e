/** Continues a prompt. */
import { CorralError } from '../core/corral-error.ts';
import type { Runner } from '../engine/runner.ts';
import type { ChatMessage } from '../prompt/chat-message.ts';
import { fitMessages } from '../prompt/fit-messages.ts';
import { renderGenerateTemplate } from '../prompt/go-template-generate.ts';
import { collectImages, markImages } from '../prompt/image-markers.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { AnswerEvent } from './answer-events.ts';
import { answerWithLease, type AnswerPrompt } from './answer-with-lease.ts';
import { countTokens } from './count-tokens.ts';
import { findModel, notFoundPlain } from './find-model.ts';
import { checkTopLogprobs, prepareAnswer, type AnswerRequest, type PreparedAnswer } from './prepare-answer.ts';
import { startStopwatch } from './stopwatch.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/** What every door's request to continue a text comes down to. */
export interface Continuation extends AnswerRequest {
  readonly prompt: string;
  readonly suffix: string;
  readonly system: string;
  /** A template for this request alone; empty = the model's. */
  readonly template: string;
  /** Tokens of an earlier answer. */
  readonly context: readonly number[];
  /** The prompt is sent as it is, without a template. */
  readonly raw: boolean;
  /** Base64. */
  readonly images: readonly string[];
  readonly keep_alive?: number | undefined;
  readonly _debug_render_only: boolean;
}

/**
 * Without a prompt the model is loaded (`loaded`), or with `keep_alive` 0 unloaded (`unloaded`). All errors that are the request's fault
 * come before the first event.
 */
export async function* generate(
  request: Continuation,
  parts: UseCaseParts,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const elapsedNs = startStopwatch();
  checkTopLogprobs(request.top_logprobs);
  const model = await findModel(parts.store, request.model, { whenEmpty: 'not found', notFound: notFoundPlain });
  if (request.prompt === '' && request.keep_alive === 0) {
    parts.pool.unload(model);
    yield { type: 'unloaded' };
    return;
  }
  const hasContext = request.context.length > 0;
  if (request.raw && (request.template !== '' || request.system !== '' || hasContext)) {
    throw new CorralError('bad_request', 'raw mode does not support template, system, or context');
  }
  const prepared = await prepareAnswer(parts, model, request, {
    verb: 'generate',
    extra: request.suffix === '' ? [] : ['insert'],
  });
  yield* answerWithLease({
    parts,
    model,
    prepared,
    keepAliveMs: request.keep_alive,
    elapsedNs,
    signal,
    rendersOnly: request._debug_render_only,
    prompt: request.prompt === '' ? undefined : (runner) => makePrompt({ request, model, prepared, runner, signal }),
  });
}

interface PromptParts {
  readonly request: Continuation;
  readonly model: StoredModel;
  readonly prepared: PreparedAnswer;
  readonly runner: Runner;
  readonly signal: AbortSignal;
}

async function makePrompt(given: PromptParts): Promise<AnswerPrompt> {
  const { request, prepared, runner, signal } = given;
  const own = ownPrompt(given);
  const { context } = request;
  if (context.length === 0) return own;
  // Only for reading: what is computed are the tokens themselves.
  if (request._debug_render_only) return { ...own, text: (await runner.detokenize(context, signal)) + own.text };
  const { bosTokenId } = prepared;
  const startsWithBos = !prepared.addsBos || bosTokenId === undefined || context[0] === bosTokenId;
  return { ...own, contextTokens: startsWithBos ? context : [bosTokenId, ...context] };
}

/** The prompt without what `context` puts before it. */
function ownPrompt({ request, model, prepared, runner, signal }: PromptParts): AnswerPrompt {
  const verbatim = { format: undefined, parser: undefined, afterThinking: undefined, contextTokens: [] };
  const { prompt, suffix, template, images } = request;
  if (request.raw) return { ...verbatim, text: prompt, imageCount: images.length, returnTokens: false };

  const { think } = prepared;
  const system = request.system || model.system || '';
  const earlier = request.context.length > 0 ? [] : model.messages;
  if (template !== '') {
    const marked = markImages([{ role: 'user', content: prompt, images }]);
    const content = marked.messages[0]?.content ?? prompt;
    const text = renderGenerateTemplate(template, { system, prompt: content, suffix, messages: earlier, think });
    return { ...verbatim, text, imageCount: images.length, returnTokens: true };
  }
  const format = prepared.format();
  if (suffix !== '') {
    const text = format.renderInsert(prompt, suffix);
    return { ...verbatim, format, text, imageCount: images.length, returnTokens: true };
  }
  const mark = format.placesImages ? collectImages : markImages;
  const marked = mark([
    ...(system === '' ? [] : [{ role: 'system', content: system }]),
    ...earlier,
    { role: 'user', content: prompt, images },
  ]);
  const { messages } = marked;
  const render = (kept: readonly ChatMessage[]) => format.render({ messages: kept, tools: [], think });
  const tokensOf = async (kept: readonly ChatMessage[]): Promise<number> =>
    (await countTokens(runner, render(kept), signal)) + request.context.length;
  const text = render(messages);
  const input = { messages, tools: [], think };
  return {
    text,
    imageCount: marked.images.length,
    shorten: async (limit) => render(await fitMessages(messages, tokensOf, limit)),
    format,
    parser: format.answerParser(input, text),
    afterThinking: () => format.answerParser({ ...input, think: false }, ''),
    contextTokens: [],
    returnTokens: true,
  };
}
