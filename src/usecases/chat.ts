/** Answers a conversation. */
import type { ChatMessage, Tool } from '../prompt/chat-message.ts';
import { fitMessages } from '../prompt/fit-messages.ts';
import { collectImages, markImages } from '../prompt/image-markers.ts';
import type { AnswerParser } from '../prompt/prompt-format.ts';
import { newCallId } from '../prompt/tool-calls/new-call-id.ts';
import { streamCalls } from '../prompt/tool-calls/streamed-calls.ts';
import { dropsEarlierThinking, stripEarlierThinking } from '../prompt/think-value.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { AnswerEvent } from './answer-events.ts';
import { answerWithLease } from './answer-with-lease.ts';
import { countTokens } from './count-tokens.ts';
import { findModel, notFoundPlain } from './find-model.ts';
import { checkTopLogprobs, prepareAnswer, type AnswerRequest } from './prepare-answer.ts';
import { startStopwatch } from './stopwatch.ts';
import { asToolCallDeltas } from './tool-call-deltas.ts';
import { chosenCalls, offeredTools, type ToolChoice } from './tool-choice.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export type { ToolChoice };

/** What every door's chat request comes down to. */
export interface Conversation extends AnswerRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly Tool[];
  readonly keep_alive?: number | undefined;
  readonly _debug_render_only: boolean;
  /** undefined = `auto`, and arguments are whatever the model writes, as in Ollama; any other choice binds them to the tool's schema. */
  readonly toolChoice?: ToolChoice | undefined;
  /** Names of tools that are refused where their schemas can't be enforced; with `auto` others are then left to the model (`begun`). */
  readonly strictTools?: readonly string[];
  /** Whether one answer may call more than one tool; undefined = true. */
  readonly parallelToolCalls?: boolean | undefined;
  /** Calls are passed on as they are written, as `toolCallDeltas`, and `toolCalls` stay empty. */
  readonly streamsToolCalls?: boolean;
  /** With `_debug_render_only`: `rendered` tells the prompt's tokens. */
  readonly countsTokens?: boolean;
  /** The answer goes on where the last message, an assistant's, ends; undefined = where the template lets it. */
  readonly continuesLast?: boolean;
}

/**
 * Without messages the model is loaded (`loaded`), or with `keep_alive` 0 unloaded (`unloaded`). All errors that are the request's fault
 * come before the first event.
 */
export async function* chat(
  request: Conversation,
  parts: UseCaseParts,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const elapsedNs = startStopwatch();
  checkTopLogprobs(request.top_logprobs);
  const model = await findModel(parts.store, request.model, { whenEmpty: 'required', notFound: notFoundPlain });
  if (request.messages.length === 0 && request.keep_alive === 0) {
    parts.pool.unload(model);
    yield { type: 'unloaded' };
    return;
  }
  const tools = offeredTools(request);
  const prepared = await prepareAnswer(parts, model, request, {
    verb: 'chat',
    extra: tools.length > 0 ? ['tools'] : [],
  });
  const { grammar: calls, unheldTools } = chosenCalls(request, prepared.format);
  const events = answerWithLease({
    parts,
    model,
    prepared,
    keepAliveMs: request.keep_alive,
    elapsedNs,
    signal,
    rendersOnly: request._debug_render_only,
    countsTokens: request.countsTokens,
    unheldTools,
    prompt:
      request.messages.length === 0
        ? undefined
        : (runner) => {
            const format = prepared.format();
            const { think } = prepared;
            const mark = format.placesImages ? collectImages : markImages;
            const { messages, images } = mark(conversation(model, request.messages));
            const renderAll = (kept: readonly ChatMessage[]) => format.render({ messages: kept, tools, think });
            const render = request.continuesLast === true ? continuing(renderAll) : renderAll;
            const tokensOf = (kept: readonly ChatMessage[]) => countTokens(runner, render(kept), signal);
            const text = render(messages);
            const heads = request.streamsToolCalls && calls !== undefined ? format.callSyntax?.heads : undefined;
            const streamed = (parser: AnswerParser) =>
              heads ? streamCalls(parser, { heads, tools, newCallId }) : parser;
            const input = { messages, tools, think };
            return {
              text,
              imageCount: images.length,
              shorten: async (limit) => render(await fitMessages(messages, tokensOf, limit)),
              format,
              parser: streamed(format.answerParser(input, text)),
              calls,
              // Without tools: what follows the thinking shows itself at once.
              whileThinking: () => format.answerParser({ ...input, tools: [] }, text),
              afterThinking: () => streamed(format.answerParser({ ...input, think: false }, '')),
              contextTokens: [],
              returnTokens: false,
            };
          },
  });
  yield* request.streamsToolCalls === true ? asToolCallDeltas(events) : events;
}

/**
 * Some templates leave a last assistant turn open, others end it. Where it was ended it is taken off, and its text put behind the opening
 * of the answer, as llama.cpp's server does.
 */
function continuing(render: (messages: readonly ChatMessage[]) => string) {
  return (messages: readonly ChatMessage[]): string => {
    const prompt = render(messages);
    const last = messages.at(-1);
    const isOpen = last?.role !== 'assistant' || prompt.trimEnd().endsWith(last.content.trimEnd());
    if (isOpen || messages.length === 1 || (last.toolCalls ?? []).length > 0) return prompt;
    return render(messages.slice(0, -1)) + last.content;
  };
}

function conversation(model: StoredModel, requested: readonly ChatMessage[]): readonly ChatMessage[] {
  const system = requested[0]?.role === 'system' ? undefined : model.system;
  const messages: readonly ChatMessage[] = [
    ...(system ? [{ role: 'system', content: system }] : []),
    ...model.messages,
    ...requested,
  ];
  const strips = dropsEarlierThinking({ family: model.config.modelFamily, name: model.name.model });
  return strips ? stripEarlierThinking(messages) : messages;
}
