import { expect, test } from 'vitest';

import { vectorDistance } from './vector-distance.ts';

const axes = [
  [1, 0],
  [0.9, 0.1],
  [0, 1],
  [0.1, 0.9],
];

test('vectors of the same directions have no distance, whatever their lengths', () => {
  const longer = axes.map((vector) => vector.map((value) => 3 * value));
  const { meanCosine, lowestCosine, sameNearest } = vectorDistance(axes, longer, 1);
  expect(meanCosine).toBeCloseTo(1);
  expect(lowestCosine).toBeCloseTo(1);
  expect(sameNearest).toBe(1);
});

test('one text that went elsewhere is the lowest, and has other neighbours', () => {
  const moved = [...axes.slice(0, 3), [1, 0.02]];
  const { meanCosine, lowestCosine, sameNearest } = vectorDistance(axes, moved, 1);
  expect(lowestCosine).toBeCloseTo(0.1302, 3);
  expect(meanCosine).toBeCloseTo((3 + 0.1302) / 4, 3);
  expect(sameNearest).toBe(0);
});
