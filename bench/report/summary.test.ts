import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from './summary.ts';

describe('summarize', () => {
  it.each([
    ['one value is its own median', [7], { median: 7, min: 7, max: 7 }],
    ['an odd number of values has a middle one', [9, 1, 5], { median: 5, min: 1, max: 9 }],
    ['of an even number the middle two are averaged', [8, 2, 4, 100], { median: 6, min: 2, max: 100 }],
    ['values are ordered as numbers', [10, 9, 100], { median: 10, min: 9, max: 100 }],
    ['no values have no summary', [], undefined],
  ])('%s', (_, values, expected) => {
    expect(summarize(values)).toEqual(expected);
  });

  it('has the median between the ends, and half of the values on either side', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { median = NaN, min = NaN, max = NaN } = summarize(values) ?? {};
        expect(min).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(max);
        expect(values.filter((value) => value < median).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > median).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});
