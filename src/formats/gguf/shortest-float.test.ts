import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortestFloat } from './shortest-float.ts';

describe('the shortest decimal of a float', () => {
  it.each([1e-5, 1e-12, 0.1, 10_000, 1_000_000, 0, -0.5, 3.4028235e38, 16_777_217.5, 1e6 + 0.5])(
    'is %f again after a way through 32 bits',
    (number) => {
      const float = Math.fround(number);
      expect(String(shortestFloat(float)).length).toBeLessThanOrEqual(String(float).length);
      expect(Math.fround(shortestFloat(float))).toBe(float);
    },
  );

  it('is what was written', () => {
    expect([1e-5, 1e-12, 0.1, 1.702, -0.7].map((number) => shortestFloat(Math.fround(number)))).toEqual([
      1e-5, 1e-12, 0.1, 1.702, -0.7,
    ]);
  });

  it('leaves infinities and NaN as they are', () => {
    expect([Infinity, -Infinity, Number.NaN].map(shortestFloat)).toEqual([Infinity, -Infinity, Number.NaN]);
  });

  it('is always the same float', () => {
    fc.assert(
      fc.property(fc.float(), (float) => {
        expect(Math.fround(shortestFloat(float))).toBe(float);
      }),
    );
  });
});
