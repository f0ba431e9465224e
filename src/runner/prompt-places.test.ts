import { expect, test } from 'vitest';
import { hasPromptPlace } from './prompt-places.ts';

test.each<[string, number, readonly number[], number, boolean]>([
  ['a long prompt alone', 4000, [], 16, true],
  ['a second one of sixteen sequences', 4000, [3000, 1, 1], 16, true],
  ['a third one waits', 4000, [3000, 2000, 1], 16, false],
  ['until one of them is nearly computed', 4000, [300, 2000, 1], 16, true],
  ['a short one never waits for a place', 511, [3000, 2000, 4000], 16, true],
  ['few sequences have one place', 4000, [], 1, true],
  ['which can be taken', 600, [3000], 4, false],
])('%s', (_name, tokens, pending, sequences, expected) => {
  expect(hasPromptPlace(tokens, pending, sequences)).toBe(expected);
});
