import { expect, it } from 'vitest';
import { areWeightsSlow } from './slow-weights.ts';

const plain = { vramBytes: 0, splitWeights: false };

it('tells of types that are computed token by token, unless a GPU computes them or they are split', () => {
  expect(areWeightsSlow('Q4_1', plain)).toBe(true);
  expect(areWeightsSlow('Q5_1', plain)).toBe(true);
  expect(areWeightsSlow('Q4_1', { ...plain, vramBytes: 1 })).toBe(false);
  expect(areWeightsSlow('Q4_1', { ...plain, splitWeights: true })).toBe(false);
  for (const type of ['Q8_0', 'Q4_K_M', 'F16', 'unknown', '']) expect(areWeightsSlow(type, plain)).toBe(false);
});
