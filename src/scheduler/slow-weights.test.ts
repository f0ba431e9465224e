import { expect, it } from 'vitest';
import { areWeightsSlow } from './slow-weights.ts';

it('tells of types that are computed token by token, unless a GPU computes them', () => {
  expect(areWeightsSlow('Q4_1', 0)).toBe(true);
  expect(areWeightsSlow('Q5_1', 0)).toBe(true);
  expect(areWeightsSlow('Q4_1', 1)).toBe(false);
  for (const type of ['Q8_0', 'Q4_K_M', 'F16', 'unknown', '']) expect(areWeightsSlow(type, 0)).toBe(false);
});
