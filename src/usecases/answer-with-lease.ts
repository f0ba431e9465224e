/**
 * What generate and chat do alike once a request has passed its checks: take a runner, make the prompt, answer, and give the runner
 * back, before the last event, so that whoever has seen that event finds the runner idle.
 */
import { CorralError } from '../core/corral-error.ts';
import type { GenerationBegun } from '../engine/runner-protocol.ts';
import type { Runner } from '../engine/runner.ts';
import type { AnswerParser, PromptFormat } from '../prompt/prompt-format.ts';
import type { ToolCallGrammar } from '../prompt/tool-calls/tool-call-grammar.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { AnswerBegunEvent, AnswerCounts, AnswerEvent } from './answer-events.ts';
import { countTokens } from './count-tokens.ts';
import type { FittedPrompt } from './fit-prompt.ts';
import type { PreparedAnswer } from './prepare-answer.ts';
import { streamAnswer, type AnswerJob } from './stream-answer.ts';
import type { ThinkingLimit } from './thinking-phase.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface AnswerPrompt extends FittedPrompt {
  readonly imageCount: number;
  /** undefined = the prompt is the client's own text, and the answer is passed on as it is. */
  readonly format: PromptFormat | undefined;
  readonly parser: AnswerParser | undefined;
  /** A parser for an answer whose thinking is over. */
  readonly afterThinking: (() => AnswerParser) | undefined;
  /** The grammar of the calls that the answer may or must make. */
  readonly calls?: ToolCallGrammar | undefined;
  /** With `calls`: a parser for an answer up to the end of its thinking. */
  readonly whileThinking?: () => AnswerParser;
  /** Tokens before the prompt. */
  readonly contextTokens: readonly number[];
  readonly returnTokens: boolean;
}

export interface AnswerOrder {
  readonly parts: UseCaseParts;
  readonly model: StoredModel;
  readonly prepared: PreparedAnswer;
  readonly keepAliveMs: number | undefined;
  /** Since the request came. */
  readonly elapsedNs: () => number;
  readonly signal: AbortSignal;
  /** Only tell the prompt, for debugging. */
  readonly rendersOnly: boolean;
  /** With `rendersOnly`: also count the prompt's tokens. */
  readonly countsTokens?: boolean | undefined;
  /** For `begun`. */
  readonly unheldTools?: readonly string[];
  /** undefined = the model is only loaded. */
  readonly prompt: ((runner: Runner) => AnswerPrompt | Promise<AnswerPrompt>) | undefined;
}

export async function* answerWithLease(order: AnswerOrder): AsyncGenerator<AnswerEvent, void, undefined> {
  const { parts, model, prepared, keepAliveMs, elapsedNs, signal } = order;
  const lease = await parts.pool.acquire({ model, options: prepared.options.load, keepAliveMs }, signal);
  const loadNs = elapsedNs();
  let counts: AnswerCounts | undefined;
  let prompt: AnswerPrompt | undefined;
  let promptTokens: number | undefined;
  try {
    prompt = await order.prompt?.(lease.runner);
    if (prompt !== undefined && !order.rendersOnly) {
      if (prompt.imageCount > 0) throw imagesNotSupported();
      for await (const event of streamAnswer(answerJob(lease.runner, prepared, prompt), signal)) {
        if (event.type === 'piece') yield event;
        else if (event.type === 'begun') yield begunEvent(event, order, thinkingLimit(prepared, prompt));
        else counts = event;
      }
    } else if (prompt !== undefined && order.countsTokens === true) {
      if (prompt.imageCount > 0) throw imagesNotSupported();
      promptTokens = await countTokens(lease.runner, prompt.text, signal);
    }
  } finally {
    lease.release();
  }
  if (prompt === undefined) yield { type: 'loaded' };
  else if (order.rendersOnly)
    yield { type: 'rendered', prompt: prompt.text, imageCount: prompt.imageCount, promptTokens };
  else if (counts === undefined) throw new CorralError('runner_failed', 'the model runner ended without a result');
  else yield { ...counts, type: 'done', totalNs: elapsedNs(), loadNs };
}

function begunEvent(
  { promptTokens, cachedTokens }: GenerationBegun,
  { prepared, unheldTools = [] }: AnswerOrder,
  limit: ThinkingLimit | undefined,
): AnswerBegunEvent {
  const { thinks } = prepared;
  return { type: 'begun', promptTokens, cachedTokens, thinks, boundsThinking: limit !== undefined, unheldTools };
}

function thinkingLimit(
  { thinks, thinkingBudget: tokens }: PreparedAnswer,
  { format }: AnswerPrompt,
): ThinkingLimit | undefined {
  const closing = format?.thinkingEnd;
  return thinks && tokens !== undefined && closing !== undefined ? { tokens, closing } : undefined;
}

function answerJob(runner: Runner, prepared: PreparedAnswer, prompt: AnswerPrompt): AnswerJob {
  const { generation, policy, thinks } = prepared;
  const { format, contextTokens, returnTokens, calls } = prompt;
  const grammar = calls?.grammar ?? generation.grammar;
  // What Ollama makes of 0 depends on who renders: its own templates leave the option out, and the engine goes on without bound.
  const isUnbounded = generation.numPredict === 0 && format?.kind !== 'jinja';
  return {
    runner,
    prompt,
    policy,
    parser: prompt.parser,
    whileThinking: calls === undefined ? prompt.parser : prompt.whileThinking?.(),
    afterThinking: thinks && grammar !== '' ? prompt.afterThinking?.() : undefined,
    calls,
    thinkingLimit: thinkingLimit(prepared, prompt),
    generation: {
      ...generation,
      grammar,
      ...(calls?.start !== undefined && { grammarStart: calls.start }),
      contextTokens,
      returnTokens,
      numPredict: isUnbounded ? -1 : generation.numPredict,
      visibleSpecialTokens: format?.visibleSpecialTokens ?? [],
    },
  };
}

function imagesNotSupported(): CorralError {
  return new CorralError('not_supported', 'Multimodal data provided, but model does not support multimodal requests.', {
    hint: 'Send the request without images.',
  });
}
