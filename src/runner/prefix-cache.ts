/**
 * Which KV cells hold what, so that nothing is computed twice. A slot is one engine sequence id with the tokens whose cells it holds. A request
 * takes over the longest beginning of its prompt that is known:
 *   - from a free slot, whose cells it continues;
 *   - from a running one, whose cells it shares;
 *   - from what is kept outside the cells (kept-prefixes.ts).
 * As soon as a request begins, what free slots hold moves out of the cells: attention looks at every cell of the pool in use, also at those of
 * nobody's sequence (4000 idle cells made each token 14 % slower, SmolLM2-135M, 2 cores), while copying back takes 3 ms per thousand tokens.
 * While nobody asks, what they hold is copied beforehand, so that the request which comes next only drops it.
 *
 * Every sequence's cells are in the order of its positions, whoever runs beside it: see cell-memory.ts. What would leave a hole between others' cells
 * is retired; when that has become too much, or only one sequence is left, all are put into order again by copying them.
 */
import type { CellMemory } from './cell-memory.ts';
import { commonPrefixLength } from './common-prefix.ts';
import { fewestKeptTokens, KeptPrefixes } from './kept-prefixes.ts';
import type { PrefixFiles } from './prefix-files.ts';
import { SharedCells } from './shared-cells.ts';

/** More retired cells slow attention down by 4 %; putting a few thousand tokens into order takes some 10 ms. */
const usualMostRetired = 1024;

/** What is copied at once while nobody asks: who comes meanwhile waits for some 10 ms, with a large model for 40. */
const pieceTokens = 1024;

export interface Slot {
  readonly sequence: number;
  /** Tokens whose cells are held, by position. */
  readonly tokens: number[];
}

interface Entry extends Slot {
  /** Adapters that its cells were computed with. */
  adapters: string;
  busy: boolean;
  /** Whether the request that runs in it lets others have what it computes. */
  isOpen: boolean;
  /** So many of its tokens have been copied out of the cells. */
  copied: number;
  /** When it was taken, and when it was put back; by a clock of uses. */
  takenAt: number;
  lastUsed: number;
}

/** What a sequence holds from position `from` on, behind what it shares with `source`. */
interface OwnCells {
  readonly entry: Entry;
  readonly source: Entry | undefined;
  readonly from: number;
  readonly state: Buffer | undefined;
}

export interface PrefixCacheOptions {
  readonly sequences: number;
  readonly memory: CellMemory;
  /** Bounds what is kept in plain memory. */
  readonly mostKeptBytes: number;
  /** Where prefixes outlive this process. */
  readonly files?: PrefixFiles | undefined;
  /** Cells that may be retired before all are put into order. */
  readonly mostRetired?: number;
}

export class PrefixCache {
  readonly #entries: Entry[];
  readonly #memory: CellMemory;
  readonly #kept: KeptPrefixes;
  readonly #shared = new SharedCells();
  readonly #mostRetired: number;
  #clock = 0;
  /** Cells that nobody holds any more, but that are still taken. */
  #retired = 0;
  /** False from a move of cells to the step behind it: only there the engine carries it out, and a copy made before would miss it. */
  #canCopy = true;

  constructor({ sequences, memory, mostKeptBytes, files, mostRetired = usualMostRetired }: PrefixCacheOptions) {
    this.#memory = memory;
    this.#mostRetired = mostRetired;
    this.#kept = new KeptPrefixes(memory, mostKeptBytes, files);
    this.#entries = Array.from({ length: sequences }, (_, sequence) => ({
      sequence,
      tokens: [],
      adapters: '',
      busy: false,
      isOpen: true,
      copied: 0,
      takenAt: 0,
      lastUsed: 0,
    }));
  }

  get usedCells(): number {
    let used = 0;
    for (const { tokens } of this.#entries) used += tokens.length;
    return used - this.#shared.surplus() + this.#retired;
  }

  /** Cells that running sequences hold. */
  get busyCells(): number {
    let cells = 0;
    for (const { busy, tokens } of this.#entries) if (busy) cells += tokens.length;
    return cells - this.#shared.surplus((sequence) => this.#entries[sequence]?.busy === true);
  }

  /** Cells that free slots hold and would give back. */
  get reclaimableCells(): number {
    return this.usedCells - this.busyCells;
  }

  /**
   * A free slot that holds the longest known beginning of `tokens`, computed with the same adapters, and nothing more; undefined when all are busy. The
   * last token is never reused: its logits are needed, so it must be computed. `isOpen`: whether others may share what is computed in it meanwhile.
   */
  take(tokens: readonly number[], adapters: string, isOpen = true): Slot | undefined {
    const best = this.#bestFree(tokens, adapters);
    if (best === undefined) return undefined;
    const { entry, length } = best;
    entry.busy = true;
    entry.isOpen = isOpen;
    entry.takenAt = ++this.#clock;
    this.#putAsideFree();
    // It is taken over for its beginning; its rest may be wanted by the one who left it.
    this.#putAside(entry, length);
    if (this.#hasCompany(entry.sequence)) this.keepOrder(false);
    else this.keepAlone();
    entry.adapters = adapters;
    this.#extend(entry, tokens);
    return entry;
  }

  /** Gives a busy slot more of the beginning of `tokens`, where by now more is known than it holds. */
  extend(slot: Slot, tokens: readonly number[]): void {
    this.#extend(this.#entry(slot), tokens);
  }

  /** The slot's request has ended; its first `reusable` tokens stay for the next one. */
  putBack(slot: Slot, reusable: number): void {
    const entry = this.#entry(slot);
    if (reusable < entry.tokens.length) this.#cut(entry, reusable);
    entry.busy = false;
    entry.lastUsed = ++this.#clock;
  }

  /** Drops cells that were computed in vain: those of `tokens` stay, those behind them up to position `computed` go. */
  discard(slot: Slot, computed: number): void {
    const { sequence, tokens } = this.#entry(slot);
    if (computed === tokens.length) return;
    tokens.length = this.#dropCells(sequence, tokens.length, computed);
    this.#shared.cut(sequence, tokens.length);
  }

  /**
   * Takes positions [from, to) out of a running sequence, before what is behind them is moved. False where the memory can't be cut like that. Until
   * `stepDone` no running sequence is copied.
   */
  cutOut(slot: Slot, from: number, to: number): boolean {
    if (this.#memory.canRetire && this.#hasCompany(slot.sequence)) {
      this.#memory.retire(slot.sequence, from, to);
      this.#retired += to - from;
    } else if (!this.#memory.removeRange(slot.sequence, from, to)) {
      return false;
    }
    slot.tokens.splice(from, to - from);
    this.#canCopy = false;
    return true;
  }

  /** The engine has computed a step. */
  stepDone(): void {
    this.#canCopy = true;
  }

  /** Whether a copy of a running sequence would be all of it, and there is memory for one. */
  canCopy({ sequence }: Slot): boolean {
    return this.#canCopy && this.#memory.hasRoomToSave(sequence);
  }

  /** Puts all sequences into order where that has become worth its time. `isAlone`: only one sequence runs. */
  keepOrder(isAlone: boolean): void {
    this.#orderWhereWaste(isAlone ? this.reclaimableCells : this.#retired, this.#mostRetired);
  }

  /** Leaves the one sequence that runs as if nobody had ever run beside it: alone in the cells, from the first one on. */
  keepAlone(): void {
    this.#orderWhereWaste(this.reclaimableCells, 0);
  }

  #orderWhereWaste(cells: number, borne: number): void {
    if (this.#memory.canRetire && this.#canCopy && cells > borne) this.#putInOrder();
  }

  /**
   * Copies a piece of what free slots hold, so that a request which begins with something else finds it done. False when there is nothing left to copy.
   */
  copyFree(): boolean {
    if (!this.#canCopy) return false;
    for (const entry of this.#entries) {
      const { busy, tokens, copied } = entry;
      if (busy || tokens.length - copied < fewestKeptTokens) continue;
      entry.copied = this.#memory.isCuttable ? Math.min(tokens.length, copied + pieceTokens) : tokens.length;
      this.#kept.add({ ...entry, tokens: tokens.slice(0, entry.copied) });
      return true;
    }
    return false;
  }

  /** Gives the slot back empty. */
  drop(slot: Slot): void {
    const entry = this.#entry(slot);
    this.#cut(entry, 0);
    entry.busy = false;
    entry.lastUsed = 0;
  }

  /** Whether cells from `position` on also belong to another sequence, so that they must not be moved. */
  isSharedFrom(slot: Slot, position: number): boolean {
    return this.#shared.sharedEnd(slot.sequence) > position;
  }

  /** Keeps a copy of all that the slot holds, for memory that can't be cut there later. */
  checkpoint(slot: Slot): void {
    this.#kept.add(this.#entry(slot));
  }

  /** How much of `tokens` was computed before, whether or not it is still kept. */
  known(tokens: readonly number[], adapters: string): number {
    return this.#kept.known(adapters, tokens);
  }

  /** How much of `tokens` a sequence that began now would probably find computed. */
  likely(tokens: readonly number[], adapters: string): number {
    return Math.max(this.known(tokens, adapters), this.#bestFree(tokens, adapters)?.length ?? 0);
  }

  /** Puts aside what free slots hold, least recently used first, until at least `cells` are given back or none is left. */
  reclaim(cells: number): void {
    const enough = this.usedCells - cells;
    const free = this.#entries.filter(({ busy, tokens }) => !busy && tokens.length > 0);
    for (const entry of free.toSorted((a, b) => a.lastUsed - b.lastUsed)) {
      if (this.usedCells - this.#retired <= enough) break;
      this.#putAside(entry, 0);
    }
    if (this.#retired > 0) this.#putInOrder();
  }

  /** Puts everything aside and saves what is worth it, until `untilMs` (of performance.now()). For the end: nothing may run any more. */
  save(untilMs: number): void {
    for (const entry of this.#entries) this.#putAside(entry, 0);
    this.#kept.save(untilMs);
  }

  /** The free slot with most of the beginning of `tokens`, and how much; of equals the one that was used longest ago. */
  #bestFree(
    tokens: readonly number[],
    adapters: string,
  ): { readonly entry: Entry; readonly length: number } | undefined {
    let best: { readonly entry: Entry; readonly length: number } | undefined;
    for (const entry of this.#entries) {
      if (entry.busy) continue;
      const length = entry.adapters === adapters ? commonPrefixLength(entry.tokens, tokens, tokens.length - 1) : 0;
      const isBetter =
        best === undefined || length > best.length || (length === best.length && entry.lastUsed < best.entry.lastUsed);
      if (isBetter) best = { entry, length };
    }
    return best;
  }

  #extend(entry: Entry, tokens: readonly number[]): void {
    this.#share(entry, tokens);
    const found = this.#kept.find(entry.adapters, tokens, tokens.length - 1);
    if (found.length < entry.tokens.length + fewestKeptTokens) return;
    if (!this.#memory.isCuttable) this.#cut(entry, 0);
    for (const { from: first, to, state } of found.states(entry.tokens.length)) {
      const from = Math.max(first, entry.tokens.length);
      if (!this.#memory.append(entry.sequence, state, from, to)) {
        // Where the pool is too full, what has been put together so far is good by itself, if making room has not cost of it.
        if (!this.#memory.canCut(entry.sequence, from)) this.#cut(entry, 0);
        return;
      }
      entry.tokens.push(...tokens.slice(from, to));
    }
  }

  #share(entry: Entry, tokens: readonly number[]): void {
    let best: Entry | undefined;
    let bestLength = entry.tokens.length;
    for (const other of this.#entries) {
      if (other === entry || other.adapters !== entry.adapters || (other.busy && !other.isOpen)) continue;
      const length = commonPrefixLength(other.tokens, tokens, tokens.length - 1);
      if (length <= bestLength) continue;
      if (length < other.tokens.length && !this.#memory.canCut(other.sequence, length)) continue;
      best = other;
      bestLength = length;
    }
    if (best === undefined) return;
    this.#cut(entry, 0);
    this.#memory.share(best.sequence, entry.sequence, bestLength);
    this.#shared.share(best.sequence, entry.sequence, bestLength);
    entry.tokens.push(...tokens.slice(0, bestLength));
  }

  #putAsideFree(): void {
    for (const entry of this.#entries) if (!entry.busy) this.#putAside(entry, 0);
  }

  /**
   * Frees what is retired, and copies the running sequences into the lowest free cells. Those that share cells are copied together: if one of them still held
   * what the others have left, the hole between their cells would come to be in front of what they share.
   */
  #putInOrder(): void {
    this.#putAsideFree();
    this.#memory.clearRetired();
    this.#retired = 0;
    if (!this.#canCopy) return;
    let left = this.#entries.filter(({ tokens }) => tokens.length > 0).toSorted((a, b) => a.takenAt - b.takenAt);
    for (let first = left[0]; first !== undefined; first = left[0]) {
      const { sequence } = first;
      const sharesWithFirst = (other: Entry) => this.#shared.commonWith(sequence, other.sequence) > 0;
      const [, ...others] = left;
      this.#placeAgain([first, ...others.filter(sharesWithFirst)]);
      left = others.filter((other) => !sharesWithFirst(other));
    }
  }

  /** Sequences that share their first cells, and nothing with anybody else. Where memory for the copies is short they stay where they are. */
  #placeAgain(group: readonly Entry[]): void {
    const copies: OwnCells[] = [];
    for (const [at, entry] of group.entries()) {
      if (!this.#memory.hasRoomToSave(entry.sequence)) return;
      const { source, from } = this.#longestShared(entry, group.slice(0, at));
      const { sequence, tokens } = entry;
      const state = from < tokens.length ? this.#memory.save(sequence, from, tokens.length) : undefined;
      copies.push({ entry, source, from, state });
    }
    for (const { sequence } of group) this.#memory.removeFrom(sequence, 0);
    for (const { entry, source, from, state } of copies) {
      const { sequence, tokens } = entry;
      if (source !== undefined) this.#memory.share(source.sequence, sequence, from);
      if (state === undefined || this.#memory.append(sequence, state, from, tokens.length)) continue;
      // It took no more cells than it gave back; should the engine see that otherwise, they are computed again.
      for (const one of group) this.#cut(one, 0);
      return;
    }
  }

  #longestShared(entry: Entry, others: readonly Entry[]): Pick<OwnCells, 'source' | 'from'> {
    let source: Entry | undefined;
    let from = 0;
    for (const other of others) {
      const length = this.#shared.commonWith(other.sequence, entry.sequence);
      if (length > from) [source, from] = [other, length];
    }
    return { source, from };
  }

  /** Moves what an entry holds from `length` on into the tree. */
  #putAside(entry: Entry, length: number): void {
    if (entry.tokens.length - length >= fewestKeptTokens) this.#kept.add(entry);
    this.#cut(entry, length);
  }

  #cut(entry: Entry, length: number): void {
    if (entry.tokens.length === length) return;
    const left = this.#dropCells(entry.sequence, length, entry.tokens.length);
    entry.tokens.length = left;
    entry.copied = Math.min(entry.copied, left);
    this.#shared.cut(entry.sequence, left);
  }

  /** Positions [from, to), the last that a sequence holds, go. Returns how many are left: none where they can't be cut off there. */
  #dropCells(sequence: number, from: number, to: number): number {
    if (this.#memory.canRetire && this.#hasCompany(sequence)) {
      this.#memory.retire(sequence, from, to);
      // What others hold too stays theirs.
      this.#retired += Math.max(0, to - Math.max(from, this.#shared.sharedEnd(sequence)));
      return from;
    }
    if (this.#memory.removeFrom(sequence, from)) return from;
    // A recurrent state can't be cut in the middle; removing a whole sequence never fails.
    this.#memory.removeFrom(sequence, 0);
    return 0;
  }

  /** Whether a freed cell could be given to another sequence. */
  #hasCompany(sequence: number): boolean {
    return this.#entries.some((other) => other.sequence !== sequence && (other.busy || other.tokens.length > 0));
  }

  #entry(slot: Slot): Entry {
    const entry = this.#entries[slot.sequence];
    if (entry === undefined) throw new RangeError('a slot of another cache');
    return entry;
  }
}
