import { expect, it } from 'vitest';
import { percentile } from './percentile.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);

it.each([
  ['the 99th of a hundred values', upTo(100), 99, 99],
  ['the largest of few values', upTo(10), 99, 10],
  ['the middle', upTo(5), 50, 3],
  ['the smallest', upTo(5), 0, 1],
  ['nothing of no values', [], 99, undefined],
])('gives %s', (_, values, percent, expected) => {
  expect(percentile(values, percent)).toBe(expected);
});
