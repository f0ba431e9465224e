/**
 * One answer from a runner. With a format and a model that thinks there are two generations: thinking can't follow a grammar, so the
 * first runs free until the thinking has ended, and a second one goes on behind it under the grammar. Thinking with a limit ends in the
 * same way, where its tokens are used up.
 */
import type { GenerationEvent } from '../engine/runner.ts';
import type { AnswerParser } from '../prompt/prompt-format.ts';
import type { ToolCallGrammar } from '../prompt/tool-calls/tool-call-grammar.ts';
import { generateFitted, type Generation } from './fit-prompt.ts';
import { parseAnswer, type ParsedEvent } from './parse-answer.ts';
import { startThinking, type ThinkingOrder } from './thinking-phase.ts';

export interface AnswerJob extends ThinkingOrder {
  readonly generation: Generation;
  /** undefined = the text is the answer as it is. */
  readonly parser: AnswerParser | undefined;
  /** The same, for a generation that is broken off where the thinking ends. */
  readonly whileThinking: AnswerParser | undefined;
  /** A parser for what follows the thinking; given when the grammar must wait for the thinking to end. */
  readonly afterThinking: AnswerParser | undefined;
  /** Set when the grammar is that of tool calls. */
  readonly calls: ToolCallGrammar | undefined;
}

export function streamAnswer(job: AnswerJob, signal: AbortSignal): AsyncGenerator<ParsedEvent, void, undefined> {
  const { runner, generation, prompt, policy, parser, whileThinking, afterThinking } = job;
  if (generation.grammar !== '' && whileThinking !== undefined && afterThinking !== undefined) {
    return thinkFirst(job, whileThinking, afterThinking, signal);
  }
  if (job.thinkingLimit !== undefined && parser !== undefined) return thinkWithin(job, parser, signal);
  return parseAnswer(generateFitted(runner, generation, prompt, policy, signal), parser);
}

async function* thinkFirst(
  job: AnswerJob,
  parser: AnswerParser,
  afterThinking: AnswerParser,
  signal: AbortSignal,
): AsyncGenerator<ParsedEvent, void, undefined> {
  const { calls } = job;
  const { grammarStart, ...generation } = job.generation;
  const mustCall = calls !== undefined && calls.start === undefined;
  // What follows the thinking ends this phase.
  const phase = startThinking(job, { ...generation, grammar: '' }, () => false, signal);
  let thinkingEnd = -1;
  for await (const event of parseAnswer(phase.events, parser)) {
    if (event.type === 'counts') {
      // It ended while it was still thinking, or behind its thinking with nothing said.
      if (mustCall && event.reason === 'stop') break;
      yield event;
      return;
    }
    if (event.type === 'begun') {
      yield event;
      continue;
    }
    const { content, thinking } = event;
    const writtenFreely = calls === undefined ? [] : event.toolCalls;
    if (content === '' && writtenFreely.length === 0) {
      yield event;
      continue;
    }
    if (thinking !== '') yield { ...event, content: '', toolCalls: [] };
    thinkingEnd = content === '' ? lastOpener(phase.text(), calls?.openers ?? []) : phase.text().lastIndexOf(content);
    break; // leaving the loop cancels the generation
  }
  const kept = thinkingEnd < 0 ? phase.text() : phase.text().slice(0, thinkingEnd);
  const thought = calls?.reopened?.(kept) ?? kept;
  const constrained = { ...generation, ...(grammarStart !== undefined && { grammarStart }) };
  for await (const event of parseAnswer(phase.goOn(constrained, thought), afterThinking)) {
    const thinkingTokens = phase.tokens();
    yield event.type === 'counts' ? { ...event, thinkingTokens: thinkingTokens + (event.thinkingTokens ?? 0) } : event;
  }
}

/** Where the call begins that a parser has just read; it was written freely, and is written again under the grammar. */
function lastOpener(text: string, openers: readonly string[]): number {
  return Math.max(...openers.map((opener) => text.lastIndexOf(opener)), -1);
}

/** To the parser it is one text: whether the model ended its thinking or was made to, the answer follows the closing. */
async function* thinkWithin(
  job: AnswerJob,
  parser: AnswerParser,
  signal: AbortSignal,
): AsyncGenerator<ParsedEvent, void, undefined> {
  let isOver = false;
  const phase = startThinking(job, job.generation, () => isOver, signal);
  async function* events(): AsyncGenerator<GenerationEvent, void, undefined> {
    for await (const event of phase.events) {
      yield event;
      if (event.type === 'done') return;
    }
    isOver = true;
    yield* phase.goOn(job.generation, phase.text());
  }
  for await (const event of parseAnswer(events(), parser)) {
    isOver ||= event.type === 'piece' && (event.content !== '' || saysCalls(event));
    yield event;
  }
}

function saysCalls({ toolCalls, toolCallDeltas }: Extract<ParsedEvent, { type: 'piece' }>): boolean {
  return toolCalls.length + toolCallDeltas.length > 0;
}
