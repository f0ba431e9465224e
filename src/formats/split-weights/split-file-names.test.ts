import { expect, it } from 'vitest';
import { splitFileNames, splitWeightsUse } from './split-file-names.ts';

const blob = `sha256-${'0a'.repeat(32)}`;
const { weights, offsets } = splitFileNames(blob);

it('tells files that are loaded from those of no use', () => {
  const use = (file: string, blobs = [blob]) => splitWeightsUse(file, new Set(blobs));
  expect([weights, offsets].map((file) => use(file))).toEqual(['loaded', 'loaded']);
  expect(use(weights, [])).toBe('none');
  expect(use(weights.replace('.v1.', '.v0.'))).toBe('none');
  expect(use('4f1c.partial')).toBe('while-written');
  for (const file of ['notes.txt', blob, `${weights}.bak`]) expect(use(file)).toBe('foreign');
});
