import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedCells } from './shared-cells.ts';

const sequences = [0, 1, 2, 3];

/** The truth: which cell each sequence has at each position. */
class Cells {
  readonly held: number[][] = sequences.map(() => []);
  #next = 0;

  of(sequence: number): number[] {
    const cells = this.held[sequence];
    if (cells === undefined) throw new RangeError('no such sequence');
    return cells;
  }

  grow(sequence: number, count: number): void {
    for (let added = 0; added < count; added++) this.of(sequence).push(this.#next++);
  }

  surplus(counts: (sequence: number) => boolean): number {
    const counted = this.held.filter((_, sequence) => counts(sequence)).flat();
    return counted.length - new Set(counted).size;
  }

  sharedEnd(sequence: number): number {
    const others = new Set(this.held.filter((_, other) => other !== sequence).flat());
    return this.of(sequence).findLastIndex((cell) => others.has(cell)) + 1;
  }
}

const step = fc.record({
  do: fc.constantFrom('grow', 'share', 'cut'),
  sequence: fc.constantFrom(...sequences),
  other: fc.constantFrom(...sequences),
  length: fc.integer({ min: 0, max: 12 }),
});

test('counts as a set of holders per cell would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (history) => {
      const cells = new Cells();
      const shared = new SharedCells();
      const cut = (sequence: number, length: number): void => {
        if (length >= cells.of(sequence).length) return;
        cells.of(sequence).length = length;
        shared.cut(sequence, length);
      };
      for (const { do: what, sequence, other, length } of history) {
        if (what === 'grow') cells.grow(sequence, length);
        if (what === 'cut') cut(sequence, length);
        if (what === 'share' && sequence !== other) {
          cut(other, 0);
          const most = Math.min(length, cells.of(sequence).length);
          shared.share(sequence, other, most);
          cells.of(other).push(...cells.of(sequence).slice(0, most));
        }
        for (const counts of [() => true, (one: number) => one % 2 === 0, (one: number) => one !== sequence]) {
          expect(shared.surplus(counts)).toBe(cells.surplus(counts));
        }
        for (const one of sequences) expect(shared.sharedEnd(one)).toBe(cells.sharedEnd(one));
      }
    }),
  );
});

test('three with one beginning count it once', () => {
  const shared = new SharedCells();
  shared.share(0, 1, 300);
  shared.share(0, 2, 200);
  expect(shared.surplus()).toBe(500);
  expect(shared.sharedEnd(0)).toBe(300);
  expect(shared.sharedEnd(2)).toBe(200);
  shared.cut(1, 0);
  expect(shared.surplus()).toBe(200);
  expect(shared.sharedEnd(0)).toBe(200);
});
