/**
 * The prefix cache over a memory that gives out cells as the engine does: the lowest that is free behind the last one, from where something was freed.
 * Whatever requests come, go and take back, the cells of a sequence that runs are in the order of its positions, and hold what they should.
 */
import fc from 'fast-check';
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

  remove(sequence: number, from: number): void {
    for (const [index, cell] of this.#cells.entries()) {
      if (cell === undefined || cell.position < from || !cell.holders.delete(sequence) || cell.holders.size > 0)
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
      canRetire: true,
      retireFrom: (sequence, from) => {
        this.share(sequence, retiredSequence, from, Infinity);
        this.remove(sequence, from);
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

/** A request comes with so many tokens, of which so many are those of a common beginning; or running ones go on, take back, or end. */
type Event =
  | { readonly kind: 'begin'; readonly common: number; readonly own: number }
  | { readonly kind: 'decode'; readonly drafted: readonly number[] }
  | { readonly kind: 'end'; readonly which: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), common: fc.nat(80), own: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant('decode' as const), drafted: fc.array(fc.nat(5), { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(3) }),
);

const sequences = 4;

test('cells of running sequences are in the order of their positions, in any company', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const cells = new SimulatedCells(8000);
      const cache = new PrefixCache(sequences, cells.memory(), 1e9);
      const running: Slot[] = [];
      let nextToken = 1000;
      const compute = (slot: Slot, token: number) => {
        expect(cells.compute(slot.sequence, slot.tokens.length, token)).toBe(true);
        slot.tokens.push(token);
      };
      for (const one of events) {
        if (one.kind === 'begin') {
          const prompt = Array.from({ length: one.common + one.own }, (_, at) => (at < one.common ? at : nextToken++));
          const slot = cache.take(prompt, '');
          if (slot === undefined) continue;
          for (const token of prompt.slice(slot.tokens.length)) compute(slot, token);
          running.push(slot);
        } else if (one.kind === 'end') {
          const [slot] = running.splice(one.which, 1);
          if (slot !== undefined) cache.putBack(slot, slot.tokens.length);
        } else {
          // All compute a token and what was drafted for them; then each takes back what was wrong.
          const computed = running.map((slot, at) => {
            compute(slot, nextToken++);
            const drafted = one.drafted[at] ?? 0;
            for (let draft = 0; draft < drafted; draft++) {
              expect(cells.compute(slot.sequence, slot.tokens.length + draft, -1)).toBe(true);
            }
            return slot.tokens.length + drafted;
          });
          for (const [at, slot] of running.entries()) cache.discard(slot, computed[at] ?? 0);
        }
        cache.keepOrder(running.length === 1);
        expect(cache.usedCells).toBe(cells.used);
        for (const { sequence, tokens } of running) {
          const held = cells.of(sequence);
          expect(held.map(({ token }) => token)).toEqual(tokens);
          expect(held.map(({ index }) => index)).toEqual(held.map(({ index }) => index).toSorted((a, b) => a - b));
        }
        if (running.length === 1) expect(cells.of(running[0]?.sequence ?? 0).at(-1)?.index).toBe(cells.used - 1);
      }
    }),
    { numRuns: 300 },
  );
});
