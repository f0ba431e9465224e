import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planDrafts, type Drafting } from './plan-drafts.ts';

/** Milliseconds: dear for the second token, cheap for each further one, as measured. */
const step = (tokens: number): number => (tokens === 1 ? 3.6 : 5.8 + 0.65 * tokens);
const costs = { step, guess: (sequences: number): number => 0.8 + 0.2 * sequences };

const fromText = (share: number, most: number): Drafting => ({ chance: () => share, most, isComputed: false });
const fromModel = (share: number, most: number): Drafting => ({ chance: () => share, most, isComputed: true });

describe('a plan of drafts', () => {
  test.each<[string, Drafting[], number, number[]]>([
    ['checks nothing of a text that is hard to guess', [fromText(0.3, 16)], 31, [0]],
    ['checks nothing where nothing was found', [fromText(0, 0)], 31, [0]],
    ['checks all of a text that is certain', [fromText(1, 16)], 31, [16]],
    ['stays within its room', [fromText(1, 16)], 7, [7]],
    ['lets a model guess that is nearly always right', [fromModel(0.95, 4)], 31, [4]],
    ['asks no model that is wrong too often', [fromModel(0.4, 4)], 31, [0]],
  ])('%s', (_, sequences, room, expected) => {
    expect(planDrafts(sequences, sequences.length, room, costs).counts).toEqual(expected);
  });

  test('goes on with a text of which each right token makes the next one likelier', () => {
    const rising: Drafting = { chance: (index) => (index === 0 ? 0.7 : 0.99), most: 16, isComputed: false };
    expect(planDrafts([rising], 1, 31, costs).counts).toEqual([16]);
    expect(planDrafts([fromText(0.7, 16)], 1, 31, costs).counts).toEqual([4]);
  });

  test('prefers the sequence that is easier to guess', () => {
    const { counts } = planDrafts([fromText(0.95, 16), fromText(0.5, 16)], 2, 30, costs);
    const [sure = 0, unsure = 0] = counts;
    expect(sure).toBeGreaterThan(unsure);
    expect(sure).toBeGreaterThan(3);
  });

  test('holds nobody up for one that is easy to guess', () => {
    const alone = planDrafts([fromText(0.95, 16)], 1, 30, costs).counts[0] ?? 0;
    const slow = (tokens: number): number => 4 + 2.6 * tokens;
    const beside = planDrafts([fromText(0.95, 16), ...Array.from({ length: 7 }, () => fromText(0, 0))], 8, 30, {
      ...costs,
      step: slow,
    });
    expect(alone).toBeGreaterThan(8);
    expect(beside.counts[0]).toBeLessThanOrEqual(1);
  });

  test('gives several that are as easy to guess as many each', () => {
    const { counts } = planDrafts([fromText(0.9, 16), fromText(0.9, 16), fromText(0.9, 16)], 3, 30, costs);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(Math.min(...counts)).toBeGreaterThan(2);
  });

  test('asks no model that takes as long as the step that it would save', () => {
    const dear = { step, guess: () => step(1) };
    expect(planDrafts([fromModel(1, 4)], 1, 31, dear).counts).toEqual([0]);
  });

  test('is never worth less than no drafts', () => {
    const sequence = fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      most: fc.integer({ min: 0, max: 16 }),
      isComputed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 40 }), (list, room) => {
        const drafting = list.map(({ share, ...rest }) => ({ ...rest, chance: () => share }));
        const { counts, worth } = planDrafts(drafting, list.length, room, costs);
        const added = counts.reduce((sum, count) => sum + count, 0);
        expect(added).toBeLessThanOrEqual(room);
        let expected = 0;
        let ms = step(list.length + added);
        for (const [at, { share, most }] of list.entries()) {
          expect(counts[at]).toBeLessThanOrEqual(most);
          let own = 1;
          for (let i = 1; i <= (counts[at] ?? 0); i++) own += share ** i;
          expected += Math.log(own);
        }
        for (let depth = 1; depth <= 16; depth++) {
          const guessing = list.filter(({ isComputed }, at) => isComputed && (counts[at] ?? 0) >= depth).length;
          if (guessing > 0) ms += costs.guess(guessing);
        }
        expect(worth).toBeCloseTo(expected - list.length * Math.log(ms), 9);
        expect(worth).toBeGreaterThanOrEqual(-list.length * Math.log(step(list.length)) - 1e-9);
      }),
    );
  });
});
