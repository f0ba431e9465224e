/** One generation on its way: what is known of it, from the queue to its last token. Owned by the serving loop. */
import type { Sampler } from '../llama/sampler.ts';
import type { DraftSource, GenerateRequest, TokenItem } from '../engine/runner-protocol.ts';
import type { DraftTrust } from './draft-trust.ts';
import type { Slot } from './prefix-cache.ts';
import type { TextStream } from './text-stream.ts';

export interface Sequence {
  readonly request: GenerateRequest;
  /** Key of its adapters: a step computes sequences of one key. */
  readonly adapters: string;
  /** Prompt tokens after any cut, followed by the generated ones. */
  readonly tokens: number[];
  /** Of the prompt as it was computed. */
  readonly promptTokens: number;
  /** Of the prompt's tokens, those found in the cache when the sequence first ran. */
  cachedTokens: number;
  /** First tokens that a context shift keeps. */
  readonly keepTokens: number;
  readonly mostGenerated: number;
  generated: number;
  /** A context shift has happened: tokens no longer say what the cells hold, so recomputing would give other text. */
  shifted: boolean;
  /** Cells of a sequence that was set back, with the tokens they hold. */
  saved: { readonly state: Buffer; readonly tokens: readonly number[] } | undefined;
  slot: Slot | undefined;
  /** Another computes the beginning of this prompt just now: it waits until so many tokens are there, and shares them. */
  follows: { readonly leader: Sequence; readonly length: number } | undefined;
  /** Positions inside `tokens` at which a step must end: where its memory can't be cut, others can share or keep it only there. */
  stops: number[];
  readonly sampler: Sampler;
  readonly text: TextStream;
  readonly visible: ReadonlySet<number>;
  /** What might come next (drafter.ts), checked in the step that is being made; otherwise empty. */
  draft: readonly number[];
  /** Where that is from. */
  draftSource: DraftSource;
  readonly trust: Readonly<Record<DraftSource, DraftTrust>>;
  readonly drafted: Record<DraftSource, { checked: number; accepted: number }>;
  /** The stop string that the text ended at. */
  stopSequence: string | undefined;
  /** Whether it has had its place: `cachedTokens` is settled. */
  hasBegun: boolean;
  /** Whether anything has been sent of it. */
  hasSent: boolean;
  /** Text of the last step, and the tokens since text was last sent. */
  unsentText: string;
  unsentTokens: number;
  /** Log probabilities that wait for text to go with. */
  logprobs: NonNullable<TokenItem['logprobs']>[number][];
  /** performance.now() at which the first step ran, and at which the prompt was done. */
  startedAtMs: number;
  promptDoneAtMs: number;
}

/** Tokens not yet in the KV cache. */
export function pendingTokens(sequence: Sequence): number {
  return sequence.tokens.length - (sequence.slot?.tokens.length ?? 0);
}

/** Of those, how many the next step may compute. */
export function plannableTokens(sequence: Sequence): number {
  const held = sequence.slot?.tokens.length ?? 0;
  let end = sequence.tokens.length;
  for (const stop of sequence.stops) if (stop > held && stop < end) end = stop;
  return end - held;
}
