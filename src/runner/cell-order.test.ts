/**
 * The prefix cache over a memory that gives out cells as the engine does: the lowest that is free behind the last one, from where something was freed.
 * Whatever requests come, go and take back, the cells of a sequence that runs are in the order of its positions, and hold what they should.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CellMemory } from './cell-memory.ts';
import { PrefixCache, type Slot } from './prefix-cache.ts';

interface Cell {
  readonly position: number;
  readonly token: number;
  readonly holders: Set<number>;
}

const retiredSequence = 99;

class SimulatedCells {
  readonly #cells: (Cell | undefined)[];
  #head = 0;

  constructor(size: number) {
    this.#cells = Array.from({ length: size });
  }

  /** Indexes and contents of a sequence's cells, by position. */
  of(sequence: number): { readonly index: number; readonly position: number; readonly token: number }[] {
    return this.#cells
      .flatMap((cell, index) => (cell?.holders.has(sequence) === true ? [{ ...cell, index }] : []))
      .toSorted((a, b) => a.position - b.position);
  }

  get used(): number {
    return this.#cells.filter((cell) => cell !== undefined).length;
  }

  compute(sequence: number, position: number, token: number): boolean {
    if (this.#head > this.used + 2) this.#head = 0;
    for (let tried = 0; tried < this.#cells.length; tried++) {
      const index = (this.#head + tried) % this.#cells.length;
      if (this.#cells[index] !== undefined) continue;
      this.#cells[index] = { position, token, holders: new Set([sequence]) };
      this.#head = index + 1;
      return true;
    }
    return false;
  }

  remove(sequence: number, from: number, to = Infinity): void {
    for (const [index, cell] of this.#cells.entries()) {
      if (
        cell === undefined ||
        cell.position < from ||
        cell.position >= to ||
        !cell.holders.delete(sequence) ||
        cell.holders.size > 0
      )
        continue;
      this.#cells[index] = undefined;
      this.#head = Math.min(this.#head, index);
    }
  }

  share(from: number, to: number, first: number, end: number): void {
    for (const cell of this.#cells) {
      if (cell?.holders.has(from) === true && cell.position >= first && cell.position < end) cell.holders.add(to);
    }
  }

  memory(): CellMemory {
    return {
      isCuttable: true,
      canCut: () => true,
      removeFrom: (sequence, from) => {
        this.remove(sequence, from);
        return true;
      },
      removeRange: (sequence, from, to) => {
        this.remove(sequence, from, to);
        return true;
      },
      hasRoomToSave: () => true,
      canRetire: true,
      retire: (sequence, from, to) => {
        this.share(sequence, retiredSequence, from, to);
        this.remove(sequence, from, to);
      },
      clearRetired: () => this.remove(retiredSequence, 0),
      share: (from, to, length) => this.share(from, to, 0, length),
      save: (sequence, from, to) =>
        Buffer.from(JSON.stringify(this.of(sequence).filter(({ position }) => position >= from && position < to))),
      append: (sequence, state, from, to) => {
        const saved = (JSON.parse(state.toString()) as Cell[]).filter(
          ({ position }) => position >= from && position < to,
        );
        if (saved.length > this.#cells.length - this.used) return false;
        return saved.every(({ position, token }) => this.compute(sequence, position, token));
      },
    };
  }
}

/**
 * A step, in which all that run compute a token and what was drafted for them, beside the prompt of a request that comes just then: so many tokens of a
 * common beginning and so many of its own. Or one ends.
 */
interface Event {
  readonly begins?: { readonly common: number; readonly own: number } | undefined;
  readonly drafted: readonly number[];
  readonly ends?: number | undefined;
}

const begins = fc.record({ common: fc.nat(80), own: fc.integer({ min: 1, max: 60 }) });
const event: fc.Arbitrary<Event> = fc.record({
  begins: fc.option(begins, { nil: undefined, freq: 2 }),
  drafted: fc.array(fc.nat(5), { maxLength: 4 }),
  ends: fc.option(fc.nat(3), { nil: undefined, freq: 3 }),
});

const sequences = 4;

test('cells of running sequences are in the order of their positions, in any company', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.constantFrom(10, 40, 1024), (events, mostRetired) => {
      const cells = new SimulatedCells(8000);
      const cache = new PrefixCache({ sequences, memory: cells.memory(), mostKeptBytes: 1e9, mostRetired });
      const running: Slot[] = [];
      let nextToken = 1000;
      const compute = (slot: Slot, tokens: readonly number[]) => {
        for (const [at, token] of tokens.entries()) {
          expect(cells.compute(slot.sequence, slot.tokens.length + at, token)).toBe(true);
        }
      };
      for (const { begins: begun, drafted, ends } of events) {
        const before = new Set(running);
        let prompt: readonly number[] = [];
        if (begun !== undefined) {
          const own = Array.from({ length: begun.own }, () => nextToken++);
          prompt = [...Array.from({ length: begun.common }, (_, at) => at), ...own];
          const slot = cache.take(prompt, '');
          if (slot !== undefined) running.push(slot);
        }
        cache.keepOrder(running.length === 1);
        // As in a step: all is computed, then one after the other is told what came of it.
        const pieces = running.map((slot, at) => {
          if (!before.has(slot)) return { good: prompt.slice(slot.tokens.length), vain: 0 };
          return { good: [nextToken++], vain: drafted[at] ?? 0 };
        });
        const [lone] = running;
        const isLoneToken = running.length === 1 && pieces[0]?.good.length === 1 && pieces[0].vain === 0;
        if (isLoneToken) cache.keepAlone();
        const places = isLoneToken && lone !== undefined ? cells.of(lone.sequence).map(({ index }) => index) : [];
        expect(places).toEqual([...Array(isLoneToken ? cells.used : 0).keys()]);
        for (const [at, { good, vain }] of pieces.entries()) {
          const slot = running[at];
          if (slot !== undefined) compute(slot, [...good, ...Array.from({ length: vain }, () => -1)]);
        }
        for (const [at, { good, vain }] of pieces.entries()) {
          const slot = running[at];
          if (slot === undefined) continue;
          slot.tokens.push(...good);
          cache.discard(slot, slot.tokens.length + vain);
        }
        expect(cache.usedCells).toBe(cells.used);
        for (const { sequence, tokens } of running) {
          const held = cells.of(sequence);
          expect(held.map(({ token }) => token)).toEqual(tokens);
          const indexes = held.map(({ index }) => index);
          expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
        }
        const [ended] = ends === undefined ? [] : running.splice(ends, 1);
        if (ended !== undefined) cache.putBack(ended, ended.tokens.length);
      }
    }),
    { numRuns: 300 },
  );
});
