/**
 * A generation in which a model thinks, and another one that goes on behind it: because only what follows the thinking is held to a grammar,
 * or because the thinking has used up its tokens. The second one's prompt is the first one's with what was thought behind it, so of
 * that nothing is computed twice.
 */
import type { GenerationDone } from '../engine/runner-protocol.ts';
import type { GenerationEvent, Runner } from '../engine/runner.ts';
import { generateFitted, type FittedPrompt, type Generation, type OverflowPolicy } from './fit-prompt.ts';
import { startStopwatch } from './stopwatch.ts';

export interface ThinkingLimit {
  readonly tokens: number;
  /** What the model would write to end its thinking. */
  readonly closing: string;
}

export interface ThinkingOrder {
  readonly runner: Runner;
  readonly prompt: FittedPrompt;
  readonly policy: OverflowPolicy;
  /** undefined = it thinks as long as it likes. */
  readonly thinkingLimit: ThinkingLimit | undefined;
}

export interface ThinkingPhase {
  /** Ends without `done` where the thinking was ended for the model; the closing is the last text then, and took no tokens. */
  readonly events: AsyncIterable<GenerationEvent>;
  /** All text so far. */
  text(): string;
  tokens(): number;
  /** Goes on behind `text`, a beginning of what was written; `done` counts both generations, and the client's own prompt. */
  goOn(generation: Generation, text: string): AsyncGenerator<GenerationEvent, void, undefined>;
}

/** `isOver`: whether the thinking has ended and the limit counts no more. */
export function startThinking(
  { runner, prompt, policy, thinkingLimit }: ThinkingOrder,
  generation: Generation,
  isOver: () => boolean,
  signal: AbortSignal,
): ThinkingPhase {
  const elapsedNs = startStopwatch();
  const sent = rememberPrompt(prompt);
  let text = '';
  let tokens = 0;
  let firstTextNs = 0;
  let begun = { promptTokens: 0, cachedTokens: 0 };

  async function* watched(): AsyncGenerator<GenerationEvent, void, undefined> {
    // The second one's prompt is longer than the client's, so the first one is asked for its numbers.
    const free = generateFitted(runner, { ...generation, tellsBegin: true }, sent.prompt, policy, signal);
    for await (const event of thinkingLimit === undefined ? free : cutThinking(free, thinkingLimit, isOver)) {
      if (event.type === 'begun') {
        begun = event;
        if (generation.tellsBegin !== true) continue;
      }
      if (event.type === 'text') {
        firstTextNs ||= elapsedNs();
        text += event.text;
        tokens += event.tokens ?? 1;
      }
      yield event;
    }
  }

  return {
    events: watched(),
    text: () => text,
    tokens: () => tokens,
    async *goOn(next, kept) {
      const { promptTokens, cachedTokens } = begun;
      const before = {
        promptTokens,
        cachedTokens,
        tokens,
        promptNs: firstTextNs,
        generationNs: elapsedNs() - firstTextNs,
      };
      const { numPredict } = next;
      const left = numPredict < 0 ? numPredict : Math.max(1, numPredict - tokens);
      const behind = { text: sent.text() + kept };
      const order = { ...next, numPredict: left, tellsBegin: false };
      for await (const event of generateFitted(runner, order, behind, policy, signal)) {
        yield event.type === 'done' ? addCounts(before, event) : event;
      }
    },
  };
}

/** Passes events on until the thinking would take more tokens than it may; then come its closing and the end. */
async function* cutThinking(
  events: AsyncIterable<GenerationEvent>,
  { tokens: most, closing }: ThinkingLimit,
  isOver: () => boolean,
): AsyncGenerator<GenerationEvent, void, undefined> {
  let text = '';
  let tokens = 0;
  for await (const event of events) {
    if (event.type === 'text' && !isOver()) {
      tokens += event.tokens ?? 1;
      if (tokens > most) {
        // The model may just have closed it, and said nothing yet.
        const isClosed = text.trimEnd().endsWith(closing.trim());
        if (!isClosed) yield { type: 'text', text: closing, tokens: 0 };
        return; // leaving the loop cancels the generation
      }
      text += event.text;
    }
    yield event;
  }
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

interface CountsBefore {
  /** Of the client's own prompt, as is the next. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** What was thought. */
  readonly tokens: number;
  readonly promptNs: number;
  readonly generationNs: number;
}

/** The counts of both generations together. What was thought is prompt to the second one, and not the client's. */
function addCounts(before: CountsBefore, after: GenerationDone): GenerationDone {
  return {
    ...after,
    promptTokens: before.promptTokens,
    cachedTokens: before.cachedTokens,
    promptNs: before.promptNs + after.promptNs,
    generatedTokens: before.tokens + after.generatedTokens,
    generationNs: before.generationNs + after.generationNs,
  };
}
