/**
 * Cells of finished sequences, copied out of the engine's pool into plain memory. Attention looks at every cell of the pool in
 * use, also at those of nobody's sequence: 4000 idle cells made each token 14 % slower (SmolLM2-135M, 2 cores). Copying them back
 * takes 3 ms per thousand tokens; computing them again takes seconds.
 *
 * Bounded by bytes; the least recently used goes first.
 */
import { commonPrefixLength } from './common-prefix.ts';

export interface Stashed {
  /** Adapters that the cells were computed with (llama/adapter-key.ts). */
  readonly adapters: string;
  readonly tokens: readonly number[];
  readonly state: Buffer;
}

export class PrefixStash {
  readonly #mostBytes: number;
  /** Oldest first. */
  readonly #entries: Stashed[] = [];
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  add(entry: Stashed): void {
    if (entry.state.length > this.#mostBytes) return;
    this.#entries.push(entry);
    this.#bytes += entry.state.length;
    while (this.#bytes > this.#mostBytes) this.#bytes -= this.#entries.shift()?.state.length ?? 0;
  }

  /** Takes out the entry of `adapters` with the longest common prefix with `tokens`, where that is longer than `atLeast` tokens. */
  take(tokens: readonly number[], adapters: string, atLeast: number): Stashed | undefined {
    let best = -1;
    let bestLength = atLeast;
    for (const [index, entry] of this.#entries.entries()) {
      if (entry.adapters !== adapters) continue;
      const length = commonPrefixLength(entry.tokens, tokens, tokens.length - 1);
      if (length <= bestLength) continue;
      best = index;
      bestLength = length;
    }
    const entry = this.#entries[best];
    if (entry === undefined) return undefined;
    this.#entries.splice(best, 1);
    this.#bytes -= entry.state.length;
    return entry;
  }
}
