import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { halfAtLeast, halfValues } from './half-float.ts';

it('knows the numbers of the standard', () => {
  const bits = [0x0000, 0x0001, 0x03ff, 0x0400, 0x3555, 0x3c00, 0x7bff, 0xc000, 0x7c00, 0xfc00];
  expect(bits.map((each) => halfValues[each])).toEqual([
    0,
    2 ** -24,
    1023 * 2 ** -24,
    2 ** -14,
    0.333251953125,
    1,
    65504,
    -2,
    Infinity,
    -Infinity,
  ]);
  expect(halfValues[0x7e00]).toBeNaN();
});

it('finds the least half that is no smaller', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 65504, noNaN: true }), (value) => {
      const bits = halfAtLeast(value);
      expect(halfValues[bits]).toBeGreaterThanOrEqual(value);
      // The next smaller one is too small; below 0 there is none.
      expect(bits === 0 ? -1 : halfValues[bits - 1]).toBeLessThan(value === 0 ? 0.5 : value);
    }),
  );
});
