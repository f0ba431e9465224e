/** What happens to a generate or chat request, for whatever door it came in by. A stream of these, in order; see each use case. */
import type { TokenItem } from '../engine/runner-protocol.ts';
import type { ToolCall } from '../prompt/chat-message.ts';
import type { ToolCallDelta } from '../prompt/prompt-format.ts';

export type { ToolCallDelta };

export type Logprobs = NonNullable<TokenItem['logprobs']>;

/** The prompt is about to be computed. Only where the request asks for it, and then before the first piece. */
export interface AnswerBegunEvent {
  readonly type: 'begun';
  /** As in `AnswerCounts`. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** Whether the model was asked to think. */
  readonly thinks: boolean;
  /** Whether the thinking keeps to `thinkingBudget`. */
  readonly boundsThinking: boolean;
  /** Names of tools that a choice would hold to their schemas, and whose schemas no grammar can hold. */
  readonly unheldTools: readonly string[];
}

/** A piece of the answer. Empty texts and lists where it holds nothing of a kind; with log probabilities all may be empty. */
export interface AnswerPieceEvent {
  readonly type: 'piece';
  readonly content: string;
  readonly thinking: string;
  /** Whole calls. Empty throughout where the request wants them as they are written (`toolCallDeltas`). */
  readonly toolCalls: readonly ToolCall[];
  readonly toolCallDeltas: readonly ToolCallDelta[];
  /** Of the tokens since the piece before. */
  readonly logprobs: Logprobs;
}

export const emptyPiece: AnswerPieceEvent = {
  type: 'piece',
  content: '',
  thinking: '',
  toolCalls: [],
  toolCallDeltas: [],
  logprobs: [],
};

export interface AnswerCounts {
  readonly reason: 'stop' | 'length';
  /** The stop string that ended the answer; undefined where none did. */
  readonly stopSequence: string | undefined;
  /** Cached tokens included. */
  readonly promptTokens: number;
  /** The prompt tokens whose computation was saved. */
  readonly cachedTokens: number;
  readonly promptNs: number;
  readonly generatedTokens: number;
  /** Those of the generated tokens that were thinking; left out where none were. */
  readonly thinkingTokens?: number;
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
  | {
      readonly type: 'rendered';
      readonly prompt: string;
      readonly imageCount: number;
      /** Of the prompt; undefined where they were not to be counted. */
      readonly promptTokens: number | undefined;
    }
  | AnswerBegunEvent
  | AnswerPieceEvent
  | AnswerDoneEvent;
