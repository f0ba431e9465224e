/**
 * Which KV cells hold what. A slot is one engine sequence id with the tokens whose cells it holds; a free slot keeps its
 * tokens, so that the next request with the same beginning takes them over instead of computing them again. Cells are one
 * pool for all slots; when they run short, free slots give theirs back, least recently used first.
 *
 * This is the seam for the prefix tree: `take`, `putBack` and `reclaim` are all that the serving loop knows.
 */
export interface CellMemory {
  /** Drops positions [from, end) of a sequence; false when the memory can't be cut there. */
  removeFrom(sequence: number, from: number): boolean;
}

export interface Slot {
  readonly sequence: number;
  /** Tokens whose cells are held, by position. */
  readonly tokens: number[];
}

interface Entry extends Slot {
  busy: boolean;
  lastUsed: number;
}

export class SlotCache {
  readonly #entries: Entry[];
  readonly #memory: CellMemory;
  #clock = 0;

  constructor(sequences: number, memory: CellMemory) {
    this.#memory = memory;
    this.#entries = Array.from({ length: sequences }, (_, sequence) => ({
      sequence,
      tokens: [],
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
   * The free slot with the longest common prefix with `tokens`, cut to that prefix; undefined when all are busy. The last
   * token is never reused: its logits are needed, so it must be computed.
   */
  take(tokens: readonly number[]): Slot | undefined {
    let best: Entry | undefined;
    let bestLength = -1;
    for (const entry of this.#entries) {
      if (entry.busy) continue;
      const length = commonPrefixLength(entry.tokens, tokens, tokens.length - 1);
      const better =
        length > bestLength || (length === bestLength && best !== undefined && entry.lastUsed < best.lastUsed);
      if (!better) continue;
      best = entry;
      bestLength = length;
    }
    if (best === undefined) return undefined;
    this.#cut(best, bestLength);
    best.busy = true;
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

  /** Empties free slots, least recently used first, until at least `cells` are given back or none is left. */
  reclaim(cells: number): void {
    let missing = cells;
    const free = this.#entries.filter(({ busy, tokens }) => !busy && tokens.length > 0);
    for (const entry of free.toSorted((a, b) => a.lastUsed - b.lastUsed)) {
      if (missing <= 0) return;
      missing -= entry.tokens.length;
      this.#cut(entry, 0);
    }
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

function commonPrefixLength(a: readonly number[], b: readonly number[], most: number): number {
  const end = Math.min(a.length, b.length, most);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}
