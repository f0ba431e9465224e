import type { FlashAttention, KvCacheType } from '../config/settings.ts';
import type { Gguf } from '../formats/gguf/gguf.ts';

/** A load whose memory is asked for: the sizes of a LoadRequest, and the model's header. */
export interface MemoryInput {
  readonly gguf: Gguf;
  readonly mode: 'completion' | 'embedding';
  readonly contextTokens: number;
  readonly kvCells: number;
  readonly sequences: number;
  readonly batchTokens: number;
  readonly kvCacheType: KvCacheType;
  readonly flashAttention: FlashAttention;
  /** Tokens of one step that may ask for logits. Default: every token of the batch, as the engine has it. */
  readonly outputTokens?: number;
  /** Tokens of one step whose results are read. Default: one of each sequence. */
  readonly resultTokens?: number;
  /** Whether sliding-window layers keep the whole context all the same, so that sequences can be set back. The engine's default. */
  readonly fullSlidingWindow?: boolean;
  /** Kind of processor, as Node names it; it decides which weights are kept a second time in another order. */
  readonly processor?: string;
}

export type MemoryQuery = Required<MemoryInput>;

/** Tokens that the engine computes at once; see contextParams in llama/model.ts. */
export function microBatchTokens(query: Pick<MemoryInput, 'mode' | 'batchTokens'>): number {
  return query.mode === 'embedding' ? query.batchTokens : Math.min(query.batchTokens, 512);
}
