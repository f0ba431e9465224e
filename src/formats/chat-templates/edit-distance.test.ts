import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistanceBelow } from './edit-distance.ts';

const points = (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0);

/** The textbook's table, every cell of it. */
function plainDistance(left: readonly number[], right: readonly number[]): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [row, one] of left.entries()) {
    const current = [row + 1];
    for (const [column, other] of right.entries()) {
      const replaced = (previous[column] ?? 0) + (one === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

describe('edit distance', () => {
  test.each([
    ['the same text', 'kitten', 'kitten', 0],
    ['two replaced, one added', 'kitten', 'sitting', 3],
    ['nothing and something', '', 'abc', 3],
    ['a character outside the basic plane counts once', 'a😀b', 'ab', 1],
  ])('%s', (_, left, right, distance) => {
    expect(editDistanceBelow(100, points(left), points(right))).toBe(distance);
  });

  test('is the textbook’s below the limit and nothing from it on', () => {
    const text = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 30 }), (left, right, limit) => {
        const distance = plainDistance(left, right);
        expect(editDistanceBelow(limit, left, right)).toBe(distance < limit ? distance : undefined);
      }),
      { numRuns: 2000 },
    );
  });
});
