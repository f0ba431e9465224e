import { expect, it } from 'vitest';
import { isUselessSplit, partialSplitName, partialSplitOwner, splitFileNames } from './split-file-names.ts';

const blob = `sha256-${'0a'.repeat(32)}`;
const { weights, offsets } = splitFileNames(blob);

it('tells files that are loaded from those of no use', () => {
  const isUseless = (file: string, blobs = [blob]) => isUselessSplit(file, new Set(blobs));
  expect([weights, offsets].map((file) => isUseless(file))).toEqual([false, false]);
  expect(isUseless(weights, [])).toBe(true);
  expect(isUseless(weights.replace('.v1.', '.v0.'))).toBe(true);
  for (const file of ['notes.txt', blob, `${weights}.bak`]) expect(isUseless(file, [])).toBe(false);
});

it('tells who writes a file', () => {
  expect(partialSplitOwner(partialSplitName(weights, 4711, '0f-a1'))).toBe(4711);
  for (const file of [weights, 'x.partial', `${weights}.4711`]) expect(partialSplitOwner(file)).toBeUndefined();
});
