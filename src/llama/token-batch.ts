/**
 * One `llama_batch` over preallocated arrays: only `n_tokens` and the written entries change between calls. The arrays are
 * passed as pointers, so the batch object must live as long as a call runs (it does: calls are synchronous).
 */
import koffi from 'koffi';
import type { NativeBatch } from './bindings.ts';

export class TokenBatch {
  readonly capacity: number;
  readonly native: NativeBatch;
  /** Kept alive: seq_id holds addresses into it. */
  readonly #sequenceIds: Int32Array;
  readonly #sequenceIdsAddress: bigint;
  #outputs = 0;

  constructor(capacity: number, sequences: number) {
    this.capacity = capacity;
    this.#sequenceIds = Int32Array.from({ length: sequences }, (_, index) => index);
    this.#sequenceIdsAddress = koffi.address(this.#sequenceIds);
    this.native = {
      n_tokens: 0,
      token: new Int32Array(capacity),
      embd: null,
      pos: new Int32Array(capacity),
      n_seq_id: new Int32Array(capacity).fill(1),
      seq_id: new BigUint64Array(capacity),
      logits: new Int8Array(capacity),
    };
  }

  get length(): number {
    return this.native.n_tokens;
  }

  /** Tokens whose logits are wanted. */
  get outputs(): number {
    return this.#outputs;
  }

  clear(): void {
    this.native.n_tokens = 0;
    this.#outputs = 0;
  }

  /** Adds a token; returns its index, by which its logits are read after the decode. */
  add(token: number, position: number, sequence: number, wantsOutput: boolean): number {
    const { native } = this;
    const index = native.n_tokens;
    native.token[index] = token;
    native.pos[index] = position;
    native.seq_id[index] = this.#sequenceIdsAddress + 4n * BigInt(sequence);
    native.logits[index] = wantsOutput ? 1 : 0;
    native.n_tokens = index + 1;
    if (wantsOutput) this.#outputs++;
    return index;
  }
}
