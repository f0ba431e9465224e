/**
 * A disk that is full, or that may only be read: a clear error, no path in it, and the store as it was. On machines whose user may not mount
 * a small disk, only the first case can be had.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toCorralError } from '../../src/core/corral-error.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { parseModelName } from '../../src/formats/model-name.ts';
import type { BlobReference } from '../../src/store/blob-store.ts';
import { cleanStore } from '../../src/store/clean-store.ts';
import { manifestBytes, storeFolder, textStream, type StoreFolder } from '../../src/store/test-store-folder.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';

const { signal } = new AbortController();
const megabyte = 1024 * 1024;
const model = parseModelName('model');

async function* megabytes(count: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < count; number++) yield Buffer.alloc(megabyte, number + 1);
}

/** What was thrown; it has to be about the store and must not tell where that is. */
async function refusal(work: Promise<unknown>, folder: StoreFolder): Promise<unknown> {
  const error = await work.then(
    () => new Error('was not refused'),
    (thrown: unknown) => thrown,
  );
  if (String(error).includes(folder.modelsDir)) throw new Error('the error tells where the store is', { cause: error });
  return error;
}

test('a store whose place is taken by a file is an error that names no path', async () => {
  const folder = await storeFolder();
  await rm(folder.modelsDir, { recursive: true });
  await writeFile(folder.modelsDir, 'a file');
  expect(await refusal(folder.blobs.hold(), folder)).toMatchObject({ code: 'store_write' });
  expect(await refusal(folder.manifests.delete(model), folder)).toMatchObject({ code: 'model_not_found' });
  await folder.remove();
});

const mounted = await mountSmallDisk(4);
const disks = mounted === undefined ? [] : [mounted];
describe.each(disks)('on a small disk', (disk) => {
  afterAll(() => disk.remove());
  let folder: StoreFolder;
  let config: BlobReference;
  let spare: BlobReference;
  beforeEach(async () => {
    folder = await storeFolder({ parent: disk.folder });
    [config, spare] = [await folder.add('{}'), await folder.add('spare')];
    await folder.manifests.write(model, manifestBytes(config, [await folder.add('layer')]));
  });
  afterEach(async () => {
    await disk.setReadOnly(false);
    await rm(join(disk.folder, 'filler'), { force: true });
    await folder.remove();
  });

  const state = async () => ({
    blobs: await folder.blobFiles(),
    manifests: await folder.manifestFiles(),
    model: (await folder.manifests.read(model))?.digest,
  });
  const loose = async () =>
    (await readdir(join(folder.modelsDir, 'manifests'))).filter((name) => name.includes('-corral-'));

  describe('a full disk', () => {
    /** Takes what room is left. */
    async function fill(): Promise<void> {
      await writeFile(join(disk.folder, 'filler'), Buffer.alloc(4 * megabyte)).catch(() => {});
    }

    test('remembers what of a download arrived before it was full', async () => {
      const blob = { digest: `sha256:${'0'.repeat(64)}`, sizeBytes: 2 * megabyte } as const;
      const first = await folder.blobs.openPartial(blob);
      for (const part of first.parts) await first.append(part, Buffer.alloc(megabyte, 1));
      const filePath = join(folder.modelsDir, 'blobs', `${blob.digest.replace(':', '-')}-partial`);
      await until('the bytes are in the file', async () => (await stat(filePath)).blocks * 512 >= megabyte);
      await fill();
      await first.close();
      await rm(join(disk.folder, 'filler'));
      const second = await folder.blobs.openPartial(blob);
      expect(second.resumedBytes).toBe(megabyte);
      await second.close();
    });

    test('refuses a blob that does not fit, in the middle of it', async () => {
      const before = await state();
      const hold = await folder.blobs.hold();
      const error = await refusal(folder.blobs.write(megabytes(6), { hold, signal }), folder);
      expect(error).toMatchObject({ code: 'store_write', message: 'the model store is full (ENOSPC)' });
      await hold.release();
      expect(await state()).toEqual(before);
      // What was freed is there for one that fits.
      const next = await folder.blobs.hold();
      await folder.blobs.write(megabytes(2), { hold: next, signal });
      await next.release();
    });

    test('refuses a manifest and a copy, and keeps the model that was to be replaced', async () => {
      const before = await state();
      await fill();
      const writing = folder.manifests.write(model, manifestBytes(config, [spare]));
      expect(await refusal(writing, folder)).toMatchObject({ code: 'store_write' });
      const copying = folder.manifests.copy(model, parseModelName('far.example/me/copy'));
      expect(await refusal(copying, folder)).toMatchObject({ code: 'store_write' });
      expect(await state()).toEqual(before);
      expect(await loose()).toEqual([]);
    });

    test('lets models be deleted, which is how it gets room', async () => {
      await fill();
      await folder.manifests.delete(model);
      expect((await state()).manifests).toEqual([]);
    });
  });

  describe('a disk that may only be read', () => {
    test('refuses every change, and its models are there', async () => {
      const before = await state();
      await disk.setReadOnly(true);
      const hold = { keep: async () => {}, release: async () => {} };
      const changes: Readonly<Record<string, () => Promise<unknown>>> = {
        hold: () => folder.blobs.hold(),
        'write a blob': () => folder.blobs.write(textStream('new'), { hold, signal }),
        'remove a blob': () => folder.blobs.removeUnreferenced([spare.digest]),
        'move a blob aside': () => folder.blobs.quarantine(spare.digest),
        'write a manifest': () => folder.manifests.write(model, manifestBytes(config, [spare])),
        copy: () => folder.manifests.copy(model, parseModelName('copy')),
        delete: () => folder.manifests.delete(model),
      };
      const told: Record<string, unknown> = {};
      for (const [what, change] of Object.entries(changes)) {
        const { code, message } = toCorralError(await refusal(change(), folder));
        told[what] = `${code}: ${message}`;
      }
      const wanted = "store_write: the model store can't be written (EROFS)";
      expect(told).toEqual(Object.fromEntries(Object.keys(changes).map((what) => [what, wanted])));
      await cleanStore({ modelsDir: folder.modelsDir, noPrune: false, logger: silentLogger });
      expect(await state()).toEqual(before);
      expect(await folder.blobs.check(config, { signal })).toBe('good');
    });
  });
});
