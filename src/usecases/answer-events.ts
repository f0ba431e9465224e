/** What happens to a generate or chat request, for whatever door it came in by. A stream of these, in order; see each use case. */
import type { TokenItem } from '../engine/runner-protocol.ts';
import type { ToolCall } from '../prompt/chat-message.ts';

export type Logprobs = NonNullable<TokenItem['logprobs']>;

/** A piece of the answer. Empty texts and lists where it holds nothing of a kind; with log probabilities all may be empty. */
export interface AnswerPieceEvent {
  readonly type: 'piece';
  readonly content: string;
  readonly thinking: string;
  readonly toolCalls: readonly ToolCall[];
  /** Of the tokens since the piece before. */
  readonly logprobs: Logprobs;
}

export interface AnswerCounts {
  readonly reason: 'stop' | 'length';
  /** Cached tokens included. */
  readonly promptTokens: number;
  readonly promptNs: number;
  readonly generatedTokens: number;
  readonly generationNs: number;
  /** Tokens of prompt and answer; empty unless asked for. */
  readonly tokens: readonly number[];
}

export interface AnswerDoneEvent extends AnswerCounts {
  readonly type: 'done';
  /** From the arrival of the request. */
  readonly totalNs: number;
  /** Until a runner was granted; never 0. */
  readonly loadNs: number;
}

/** `unloaded`, `loaded` and `rendered` each are the only event of their request; pieces end with `done`. */
export type AnswerEvent =
  | { readonly type: 'unloaded' }
  | { readonly type: 'loaded' }
  | { readonly type: 'rendered'; readonly prompt: string; readonly imageCount: number }
  | AnswerPieceEvent
  | AnswerDoneEvent;
