import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Gguf } from '../formats/gguf/gguf.ts';
import { createHeaderCache } from './header-cache.ts';

let folder: string;
let reads: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-headers-'));
  reads = [];
});
afterEach(() => rm(folder, { recursive: true }));

const read = async (path: string): Promise<Gguf> => {
  reads.push(path);
  return { version: 3, metadata: new Map(), tensors: [], dataOffsetBytes: 0, fileSizeBytes: reads.length };
};

async function file(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, name);
  return path;
}

describe('a header cache', () => {
  it('reads a file once, also for callers at the same moment', async () => {
    const header = createHeaderCache(read);
    const path = await file('a');
    const [first, second] = await Promise.all([header(path), header(path)]);
    expect(await header(path)).toBe(first);
    expect(second).toBe(first);
    expect(reads).toEqual([path]);
  });

  it('reads again after the file changed in size or time', async () => {
    const header = createHeaderCache(read);
    const path = await file('a');
    await header(path);
    await writeFile(path, 'longer');
    await header(path);
    await utimes(path, 1, 1);
    await header(path);
    expect(reads.length).toBe(3);
  });

  it('forgets the one that was longest unused', async () => {
    const header = createHeaderCache(read);
    const paths = await Promise.all(Array.from({ length: 32 }, (_, index) => file(String(index))));
    for (const path of paths) await header(path);
    await header(paths[0] ?? '');
    await header(await file('one more'));
    await header(paths[0] ?? '');
    expect(reads.length).toBe(33);
    await header(paths[1] ?? '');
    expect(reads.length).toBe(34);
  });

  it('does not keep a failure', async () => {
    const path = await file('a');
    let fails = true;
    const header = createHeaderCache(async (path) => {
      if (fails) throw new Error('broken');
      return read(path);
    });
    await expect(header(path)).rejects.toThrow('broken');
    fails = false;
    await expect(header(path)).resolves.toBeDefined();
  });
});
