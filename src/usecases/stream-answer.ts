/**
 * One answer from a runner. With a format and a model that thinks there are two generations: thinking can't follow a grammar, so the
 * first runs free until the thinking has ended, and a second one goes on behind it under the grammar.
 */
import type { GenerationEvent, Runner } from '../engine/runner.ts';
import type { AnswerParser } from '../prompt/prompt-format.ts';
import type { ToolCallGrammar } from '../prompt/tool-calls/tool-call-grammar.ts';
import type { AnswerCounts } from './answer-events.ts';
import { generateFitted, type FittedPrompt, type Generation, type OverflowPolicy } from './fit-prompt.ts';
import { parseAnswer, type ParsedEvent } from './parse-answer.ts';
import { startStopwatch } from './stopwatch.ts';

export interface AnswerJob {
  readonly runner: Runner;
  readonly generation: Generation;
  readonly prompt: FittedPrompt;
  readonly policy: OverflowPolicy;
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
  return parseAnswer(generateFitted(runner, generation, prompt, policy, signal), parser);
}

async function* thinkFirst(
  job: AnswerJob,
  parser: AnswerParser,
  afterThinking: AnswerParser,
  signal: AbortSignal,
): AsyncGenerator<ParsedEvent, void, undefined> {
  const { runner, prompt, policy, calls } = job;
  const { grammarStart, ...generation } = job.generation;
  const mustCall = calls !== undefined && calls.start === undefined;
  const elapsedNs = startStopwatch();
  let thought = '';
  let thoughtTokens = 0;
  let firstTextNs = 0;
  let cachedTokens = 0;
  async function* watched(events: AsyncIterable<GenerationEvent>): AsyncGenerator<GenerationEvent, void, undefined> {
    for await (const event of events) {
      if (event.type === 'text') {
        firstTextNs ||= elapsedNs();
        cachedTokens = event.cachedTokens ?? cachedTokens;
        thought += event.text;
        thoughtTokens += event.tokens ?? 1;
      }
      yield event;
    }
  }
  const sent = rememberPrompt(prompt);
  const free = watched(generateFitted(runner, { ...generation, grammar: '' }, sent.prompt, policy, signal));
  let thinkingEnd = -1;
  for await (const event of parseAnswer(free, parser)) {
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
    thinkingEnd = content === '' ? lastOpener(thought, calls?.openers ?? []) : thought.lastIndexOf(content);
    break; // leaving the loop cancels the generation
  }
  const before: AnswerCounts = {
    reason: 'stop',
    stopSequence: undefined,
    cachedTokens,
    promptTokens: -thoughtTokens,
    promptNs: firstTextNs,
    generatedTokens: thoughtTokens,
    thinkingTokens: thoughtTokens,
    generationNs: elapsedNs() - firstTextNs,
    tokens: [],
  };
  const { numPredict } = generation;
  const left = numPredict < 0 ? numPredict : Math.max(1, numPredict - thoughtTokens);
  const kept = thinkingEnd < 0 ? thought : thought.slice(0, thinkingEnd);
  const next: FittedPrompt = { text: sent.text() + (calls?.reopened?.(kept) ?? kept) };
  const constrained = generateFitted(
    runner,
    { ...generation, ...(grammarStart !== undefined && { grammarStart }), numPredict: left, tellsBegin: false },
    next,
    policy,
    signal,
  );
  for await (const event of parseAnswer(constrained, afterThinking)) {
    yield event.type === 'counts' ? addCounts(before, event) : event;
  }
}

/** Where the call begins that a parser has just read; it was written freely, and is written again under the grammar. */
function lastOpener(text: string, openers: readonly string[]): number {
  return Math.max(...openers.map((opener) => text.lastIndexOf(opener)), -1);
}

/** A prompt that remembers whether it was shortened, since the second generation goes on from what the first one saw. */
function rememberPrompt(prompt: FittedPrompt): { readonly prompt: FittedPrompt; readonly text: () => string } {
  let { text } = prompt;
  const { shorten } = prompt;
  if (shorten === undefined) return { prompt, text: () => text };
  const remembering = async (limit: number): Promise<string> => {
    text = await shorten(limit);
    return text;
  };
  return { prompt: { text, shorten: remembering }, text: () => text };
}

/** The counts of both generations together; the thinking was prompt to the second one but is not the client's prompt. */
function addCounts(before: AnswerCounts, after: Extract<ParsedEvent, { type: 'counts' }>): ParsedEvent {
  return {
    ...after,
    promptTokens: Math.max(0, before.promptTokens + after.promptTokens),
    // What the second generation found cached of the client's prompt the first one had computed.
    cachedTokens: before.cachedTokens,
    promptNs: before.promptNs + after.promptNs,
    generatedTokens: before.generatedTokens + after.generatedTokens,
    thinkingTokens: (before.thinkingTokens ?? 0) + (after.thinkingTokens ?? 0),
    generationNs: before.generationNs + after.generationNs,
  };
}
