import { expect, it } from 'vitest';
import { firstDifference } from './first-difference.ts';

it.each([
  ['equal texts', 'abc', 'abc', undefined],
  ['nothing on both sides', '', '', undefined],
  ['another character', 'abc', 'abd', 2],
  ['a text that goes on', 'ab', 'abc', 2],
  ['a text that ends before', 'abc', 'ab', 2],
  ['characters outside the basic plane', '😀한a', '😀한b', 2],
])('finds where %s part', (_, one, other, place) => {
  expect(firstDifference(one, other)).toBe(place);
});
