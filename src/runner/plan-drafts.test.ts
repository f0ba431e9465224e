import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planDrafts } from './plan-drafts.ts';

/** Milliseconds: dear for the second token, cheap for each further one, as measured. */
const cost = (tokens: number): number => (tokens === 1 ? 3.6 : 5.8 + 0.65 * tokens);

describe('a plan of drafts', () => {
  test.each<[string, { share: number; most: number }[], number, number[]]>([
    ['checks nothing of a text that is hard to guess', [{ share: 0.3, most: 16 }], 31, [0]],
    ['checks nothing where nothing was found', [{ share: 0, most: 0 }], 31, [0]],
    ['checks all of a text that is certain', [{ share: 1, most: 16 }], 31, [16]],
    ['stays within its room', [{ share: 1, most: 16 }], 7, [7]],
  ])('%s', (_, sequences, room, expected) => {
    expect(planDrafts(sequences, sequences.length, room, cost)).toEqual(expected);
  });

  test('prefers the sequence that is easier to guess', () => {
    const [sure = 0, unsure = 0] = planDrafts(
      [
        { share: 0.95, most: 16 },
        { share: 0.5, most: 16 },
      ],
      2,
      30,
      cost,
    );
    expect(sure).toBeGreaterThan(unsure);
    expect(sure).toBeGreaterThan(3);
  });

  test('never makes fewer tokens per millisecond than no drafts', () => {
    const sequence = fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      most: fc.integer({ min: 0, max: 16 }),
    });
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 40 }), (list, room) => {
        const counts = planDrafts(list, list.length, room, cost);
        const added = counts.reduce((sum, count) => sum + count, 0);
        expect(added).toBeLessThanOrEqual(room);
        let expected = list.length;
        for (const [at, { share, most }] of list.entries()) {
          expect(counts[at]).toBeLessThanOrEqual(most);
          for (let i = 1; i <= (counts[at] ?? 0); i++) expected += share ** i;
        }
        expect(expected / cost(list.length + added)).toBeGreaterThanOrEqual(list.length / cost(list.length) - 1e-9);
      }),
    );
  });
});
