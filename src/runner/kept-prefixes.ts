/**
 * Prefixes outside the engine's cells: copies in plain memory in a prefix tree, and, where a folder is given, files from which a later process
 * fills the tree again. What came from a file lies only there until a prompt wants it.
 */
import { adapterKey, adapterPaths } from '../llama/adapter-key.ts';
import type { CellMemory } from './cell-memory.ts';
import type { PrefixFiles } from './prefix-files.ts';
import { PrefixTree, type FoundPart, type Kept } from './prefix-tree.ts';

/** Fewer tokens are computed again as fast as they are copied. */
export const fewestKeptTokens = 48;
/** A prefix of fewer tokens is not worth a file, and fewer if it was never asked for again. */
const fewestStoredTokens = 256;
const fewestReusedTokens = 96;

interface KeptState extends Kept {
  /** Undefined = it lies in the file. */
  readonly state: Buffer | undefined;
  readonly file: string | undefined;
}

export interface KeptStates {
  /** Tokens that can be had. */
  readonly length: number;
  /** Cells that cover positions [held, length), in order; fewer where a file turns out to be no good. */
  states(held: number): Generator<{ readonly from: number; readonly to: number; readonly state: Buffer }>;
}

export class KeptPrefixes {
  readonly #memory: CellMemory;
  readonly #tree: PrefixTree<KeptState>;
  readonly #files: PrefixFiles | undefined;

  constructor(memory: CellMemory, mostBytes: number, files: PrefixFiles | undefined) {
    this.#memory = memory;
    this.#tree = new PrefixTree(mostBytes, memory.isCuttable);
    this.#files = files;
    for (const { file, adapters, tokens, from } of files?.list() ?? []) {
      this.#tree.restore(adapterKey(adapters), tokens, { from, bytes: 0, state: undefined, file });
    }
  }

  /** How much of `tokens` was computed before, whether or not it is still kept. */
  known(adapters: string, tokens: readonly number[]): number {
    return this.#tree.known(adapters, tokens);
  }

  /** The longest kept beginning, at most `most` tokens. */
  find(adapters: string, tokens: readonly number[], most: number): KeptStates {
    const { length, parts } = this.#tree.find(adapters, tokens, most);
    const read = ({ kept }: FoundPart<KeptState>) => this.#state(kept);
    return {
      length,
      *states(held) {
        for (const part of parts) {
          const to = Math.min(part.to, length);
          if (to <= held) continue;
          const state = read(part);
          if (state === undefined) return;
          yield { from: part.kept.from, to, state };
        }
      },
    };
  }

  /** Copies what a sequence holds, as far as no copy is there. */
  add({ adapters, tokens, sequence }: { adapters: string; tokens: readonly number[]; sequence: number }): void {
    this.#tree.add(adapters, [...tokens], (from, to) => {
      if (to - from < fewestKeptTokens || (!this.#memory.isCuttable && to !== tokens.length)) return undefined;
      const state = this.#memory.save(sequence, from, to);
      return state && { from, state, file: undefined, bytes: state.length };
    });
  }

  /** Writes what is worth it, the most valuable first, until `untilMs`. What a prefix continues is written before it. */
  save(untilMs: number): void {
    const files = this.#files;
    if (files === undefined) return;
    const written = new Set<KeptState>();
    for (const { key, tokens, uses, parts } of this.#tree.entries()) {
      if (tokens.length < (uses > 1 ? fewestReusedTokens : fewestStoredTokens)) continue;
      for (const { kept, to } of parts) {
        if (performance.now() > untilMs) return;
        if (kept.state === undefined || written.has(kept)) continue;
        const { from, state } = kept;
        if (files.write({ adapters: adapterPaths(key), tokens: tokens.slice(0, to), from, state }) === undefined)
          return;
        written.add(kept);
      }
    }
  }

  #state(kept: KeptState): Buffer | undefined {
    if (kept.state !== undefined || kept.file === undefined) return kept.state;
    const state = this.#files?.read(kept.file);
    if (state === undefined) this.#tree.forget(kept);
    return state;
  }
}
