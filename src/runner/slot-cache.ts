import { commonPrefixLength } from './common-prefix.ts';
import { PrefixStash } from './prefix-stash.ts';

/**
 * Which KV cells hold what. A slot is one engine sequence id with the tokens whose cells it holds; a free slot keeps its
 * tokens, so that the next request with the same beginning takes them over instead of computing them again. As soon as another
 * request begins, what free slots hold is put aside into plain memory (prefix-stash.ts), from where it can come back.
 *
 * This is the seam for the prefix tree: `take`, `putBack` and `reclaim` are all that the serving loop knows.
 */
export interface CellMemory {
  /** Drops positions [from, end) of a sequence; false when the memory can't be cut there. */
  removeFrom(sequence: number, from: number): boolean;
  /** A copy of a sequence's cells. */
  save(sequence: number): Buffer;
  /** Puts a copy into an empty sequence; false when there are not enough free cells. */
  restore(sequence: number, state: Buffer): boolean;
}

/** Fewer tokens are computed again as fast as they are copied. */
const fewestStashedTokens = 48;

export interface Slot {
  readonly sequence: number;
  /** Tokens whose cells are held, by position. */
  readonly tokens: number[];
}

interface Entry extends Slot {
  /** Adapters that its cells were computed with. */
  adapters: string;
  busy: boolean;
  lastUsed: number;
}

export class SlotCache {
  readonly #entries: Entry[];
  readonly #memory: CellMemory;
  readonly #stash: PrefixStash;
  #clock = 0;

  /** `mostStashBytes` bounds what is put aside. */
  constructor(sequences: number, memory: CellMemory, mostStashBytes: number) {
    this.#memory = memory;
    this.#stash = new PrefixStash(mostStashBytes);
    this.#entries = Array.from({ length: sequences }, (_, sequence) => ({
      sequence,
      tokens: [],
      adapters: '',
      busy: false,
      lastUsed: 0,
    }));
  }

  get usedCells(): number {
    let used = 0;
    for (const { tokens } of this.#entries) used += tokens.length;
    return used;
  }

  /** Cells that free slots hold and would give back. */
  get reclaimableCells(): number {
    let cells = 0;
    for (const { busy, tokens } of this.#entries) if (!busy) cells += tokens.length;
    return cells;
  }

  /**
   * A free slot that holds the longest common prefix with `tokens` that is known, computed with the same adapters, and nothing more;
   * undefined when all are busy. The last token is never reused: its logits are needed, so it must be computed. What other free slots hold is put
   * aside.
   */
  take(tokens: readonly number[], adapters: string): Slot | undefined {
    let best: Entry | undefined;
    let bestLength = -1;
    for (const entry of this.#entries) {
      if (entry.busy) continue;
      const reusable = entry.adapters === adapters ? tokens.length - 1 : 0;
      const length = commonPrefixLength(entry.tokens, tokens, reusable);
      const better =
        length > bestLength || (length === bestLength && best !== undefined && entry.lastUsed < best.lastUsed);
      if (!better) continue;
      best = entry;
      bestLength = length;
    }
    if (best === undefined) return undefined;
    const stashed = this.#stash.take(tokens, adapters, Math.max(bestLength, fewestStashedTokens));
    best.busy = true;
    for (const entry of this.#entries) if (!entry.busy) this.#putAside(entry);
    if (stashed !== undefined) {
      this.#putAside(best);
      best.adapters = adapters;
      if (this.#memory.restore(best.sequence, stashed.state)) best.tokens.push(...stashed.tokens);
      bestLength = commonPrefixLength(best.tokens, tokens, tokens.length - 1);
    } else if (best.tokens.length - bestLength >= fewestStashedTokens) {
      // It is taken over for its beginning; its rest may be wanted by the one who left it.
      this.#stashCopy(best);
    }
    this.#cut(best, bestLength);
    best.adapters = adapters;
    return best;
  }

  /** The slot's request has ended; its first `reusable` tokens stay for the next one. */
  putBack(slot: Slot, reusable: number): void {
    const entry = this.#entry(slot);
    if (reusable < entry.tokens.length) this.#cut(entry, reusable);
    entry.busy = false;
    entry.lastUsed = ++this.#clock;
  }

  /** Gives the slot back empty. */
  drop(slot: Slot): void {
    const entry = this.#entry(slot);
    this.#cut(entry, 0);
    entry.busy = false;
    entry.lastUsed = 0;
  }

  /** Puts aside what free slots hold, least recently used first, until at least `cells` are given back or none is left. */
  reclaim(cells: number): void {
    let missing = cells;
    const free = this.#entries.filter(({ busy, tokens }) => !busy && tokens.length > 0);
    for (const entry of free.toSorted((a, b) => a.lastUsed - b.lastUsed)) {
      if (missing <= 0) return;
      missing -= entry.tokens.length;
      this.#putAside(entry);
    }
  }

  #putAside(entry: Entry): void {
    if (entry.tokens.length >= fewestStashedTokens) this.#stashCopy(entry);
    this.#cut(entry, 0);
  }

  #stashCopy({ adapters, tokens, sequence }: Entry): void {
    this.#stash.add({ adapters, tokens: [...tokens], state: this.#memory.save(sequence) });
  }

  #cut(entry: Entry, length: number): void {
    if (entry.tokens.length === length) return;
    if (this.#memory.removeFrom(entry.sequence, length)) {
      entry.tokens.length = length;
      return;
    }
    // A recurrent state can't be cut in the middle; removing a whole sequence never fails.
    this.#memory.removeFrom(entry.sequence, 0);
    entry.tokens.length = 0;
  }

  #entry(slot: Slot): Entry {
    const entry = this.#entries[slot.sequence];
    if (entry === undefined) throw new RangeError('a slot of another cache');
    return entry;
  }
}
