import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { silentLogger } from '../core/logger.ts';
import { blobFileName } from '../formats/digest.ts';
import { parseModelName } from '../formats/model-name.ts';
import type { BlobHold } from './blob-store.ts';
import { createBlobStore } from './create-blob-store.ts';
import { openBlobHold, readBlobHolds } from './blob-hold.ts';
import { age, digestOf, manifestBytes, storeFolder, textStream, type StoreFolder } from './test-store-folder.ts';

const { signal } = new AbortController();
let folder: StoreFolder;
let hold: BlobHold;
beforeEach(async () => {
  folder = await storeFolder();
  hold = await folder.blobs.hold();
});
afterEach(async () => {
  await hold.release();
  await folder.remove();
});

describe('writing a blob', () => {
  it('names it by its contents', async () => {
    const added = await folder.blobs.write(textStream('some weights'), { hold, signal });
    expect(added).toEqual({ digest: digestOf('some weights'), sizeBytes: 12 });
    expect(await folder.blobFiles()).toEqual([blobFileName(added.digest)]);
    expect(await readFile(folder.blobs.path(added.digest), 'utf8')).toBe('some weights');
  });

  it('takes bytes in chunks of any size, from a source that uses its buffer again', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const whole = Buffer.concat(lengths.map((length, index) => Buffer.alloc(length, index + 1)));
        const buffer = Buffer.alloc(700_000);
        const chunks = (async function* () {
          for (const [index, length] of lengths.entries()) yield buffer.fill(index + 1).subarray(0, length);
        })();
        const added = await folder.blobs.write(chunks, { hold, signal });
        expect(added).toEqual({ digest: digestOf(whole), sizeBytes: whole.length });
        expect(await folder.blobs.sizeOf(added.digest)).toBe(whole.length);
      }),
      { numRuns: 25 },
    );
  });

  it('leaves one that is there as it is', async () => {
    const { digest } = await folder.blobs.write(textStream('text'), { hold, signal });
    const before = await stat(folder.blobs.path(digest));
    await folder.blobs.write(textStream('text'), { hold, signal });
    expect((await stat(folder.blobs.path(digest))).ino).toBe(before.ino);
  });

  it('replaces one that was cut off', async () => {
    const digest = digestOf('text');
    await mkdir(join(folder.modelsDir, 'blobs'));
    await writeFile(folder.blobs.path(digest), 'te');
    await folder.blobs.write(textStream('text'), { hold, signal, expected: digest });
    expect(await readFile(folder.blobs.path(digest), 'utf8')).toBe('text');
  });

  it('refuses other bytes than expected and leaves nothing', async () => {
    const expected = digestOf('this');
    const writing = folder.blobs.write(textStream('that'), { hold, signal, expected });
    await expect(writing).rejects.toMatchObject({
      code: 'digest_mismatch',
      message: `digest mismatch, expected "${expected}", got "${digestOf('that')}"`,
    });
    expect(await folder.blobFiles()).toEqual([]);
  });

  it('passes on the error of its source and leaves nothing', async () => {
    const fault = new CorralError('registry_failed', 'the line was cut');
    const source = (async function* () {
      yield Buffer.alloc(3_000_000);
      throw fault;
    })();
    await expect(folder.blobs.write(source, { hold, signal })).rejects.toBe(fault);
    expect(await folder.blobFiles()).toEqual([]);
  });

  it('ends when it is canceled, also while the source is silent, and tells the source', async () => {
    const stop = new AbortController();
    let told = false;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => setTimeout(() => stop.abort(), 20)),
        return: () => {
          told = true;
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
    await expect(folder.blobs.write(source, { hold, signal: stop.signal })).rejects.toMatchObject({ code: 'canceled' });
    expect(told).toBe(true);
    expect(await folder.blobFiles()).toEqual([]);
  });
});

describe('adopting a file', () => {
  it('renames it to its digest', async () => {
    const file = await folder.blobs.temporaryFile();
    await writeFile(file, 'quantised', { mode: 0o600 });
    const { digest, sizeBytes } = await folder.blobs.adopt(file, { hold, signal });
    expect({ digest, sizeBytes }).toEqual({ digest: digestOf('quantised'), sizeBytes: 9 });
    expect(await folder.blobFiles()).toEqual([blobFileName(digest)]);
    expect((await stat(folder.blobs.path(digest))).mode & 0o777).toBe(0o644);
  });

  it('removes one whose contents are wrong', async () => {
    const file = await folder.blobs.temporaryFile();
    await writeFile(file, 'flipped');
    const adopting = folder.blobs.adopt(file, { hold, signal, expected: digestOf('right') });
    await expect(adopting).rejects.toMatchObject({ code: 'digest_mismatch' });
    expect(await folder.blobFiles()).toEqual([]);
  });

  it('gives up when it is canceled; the file is gone', async () => {
    const file = await folder.blobs.temporaryFile();
    await writeFile(file, 'quantised');
    const adopting = folder.blobs.adopt(file, { hold, signal: AbortSignal.abort() });
    await expect(adopting).rejects.toMatchObject({ code: 'canceled' });
    expect(await folder.blobFiles()).toEqual([]);
  });

  it('tells of a file that is not there without its path', async () => {
    const file = await folder.blobs.temporaryFile();
    const error = await folder.blobs.adopt(file, { hold, signal }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'store_write' });
    expect(String(error)).not.toContain(folder.modelsDir);
  });
});

describe('removing unreferenced blobs', () => {
  it('removes those that nobody names or holds, and says which', async () => {
    const named = await folder.add('named');
    const held = await folder.add('held');
    const loose = await folder.add('loose');
    await folder.manifests.write(parseModelName('one'), manifestBytes(named, []));
    await hold.keep([held.digest]);
    const all = [named.digest, held.digest, loose.digest, digestOf('never there')];
    expect(await folder.blobs.removeUnreferenced(all)).toEqual([loose.digest]);
    expect(await folder.blobFiles()).toEqual([named, held].map(({ digest }) => blobFileName(digest)).sort());
  });

  it('respects what a new blob was written for', async () => {
    const { digest } = await folder.blobs.write(textStream('new'), { hold, signal });
    expect(await folder.blobs.removeUnreferenced([digest])).toEqual([]);
    await hold.release();
    expect(await folder.blobs.removeUnreferenced([digest])).toEqual([digest]);
  });

  for (const [what, path] of [
    ['a manifest that is damaged', 'registry.ollama.ai/library/odd/latest'],
    ['a manifest under a name that no model has', 'registry.ollama.ai/library/odd/~latest'],
  ] as const) {
    it(`removes nothing beside ${what}`, async () => {
      const loose = await folder.add('loose');
      const file = join(folder.modelsDir, 'manifests', path);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, '{"config":');
      expect(await folder.blobs.removeUnreferenced([loose.digest])).toEqual([]);
      expect(await folder.blobFiles()).toEqual([blobFileName(loose.digest)]);
    });
  }
});

describe('holds', () => {
  it('taken while somebody removes the blob keep it, if it was there at the first look', async () => {
    const remover = createBlobStore({ modelsDir: folder.modelsDir, logger: silentLogger });
    for (let round = 0; round < 60; round++) {
      const { digest } = await folder.add('wanted');
      const removing = remover.removeUnreferenced([digest]);
      // Begins at another moment of the removal each time.
      for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setImmediate(resolve));
      const mine = await folder.blobs.hold();
      await mine.keep([digest]);
      const seen = await folder.blobs.sizeOf(digest);
      await removing;
      const found = await folder.blobs.sizeOf(digest);
      expect({ round, kept: seen === undefined || found !== undefined }).toEqual({ round, kept: true });
      await mine.release();
    }
  });

  it('touch the blobs they keep, which is what Ollama goes by', async () => {
    const { digest } = await folder.add('old');
    await age(folder.modelsDir, digest, 5 * 3_600_000);
    await hold.keep([digest]);
    expect(Date.now() - (await stat(folder.blobs.path(digest))).mtimeMs).toBeLessThan(60_000);
  });

  it('are read in whole lines', async () => {
    await hold.keep([digestOf('one'), digestOf('two')]);
    await writeFile(
      join(folder.modelsDir, '.corral-holds', 'hold-corral-1-00000000-1'),
      `${digestOf('three')}\nsha256:12`,
    );
    const { digests, marks } = await readBlobHolds(folder.modelsDir);
    expect([...digests].sort()).toEqual([digestOf('one'), digestOf('two'), digestOf('three')].sort());
    expect(marks).toContain('00000000');
  });

  it('end with their release', async () => {
    const other = await openBlobHold(folder.modelsDir);
    await other.keep([digestOf('one')]);
    await other.release();
    expect((await readBlobHolds(folder.modelsDir)).digests.size).toBe(0);
  });
});
