import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobFileName } from '../formats/digest.ts';
import { parseModelName } from '../formats/model-name.ts';
import type { BlobReference } from './blob-store.ts';
import { digestOf, manifestBytes, storeFolder, type StoreFolder } from './test-store-folder.ts';

let folder: StoreFolder;
let config: BlobReference;
let first: BlobReference;
let second: BlobReference;
beforeEach(async () => {
  folder = await storeFolder();
  config = await folder.add('{}');
  first = await folder.add('first layer');
  second = await folder.add('second layer');
});
afterEach(() => folder.remove());

const files = (...blobs: BlobReference[]) => blobs.map(({ digest }) => blobFileName(digest)).sort();
const name = parseModelName;

describe('writing a manifest', () => {
  it('puts the bytes in place as they are', async () => {
    const bytes = Buffer.concat([manifestBytes(config, [first]), Buffer.from('  \n')]);
    const written = await folder.manifests.write(name('someone/model:tag'), bytes);
    const id = createHash('sha256').update(bytes).digest('hex');
    expect(written).toEqual({ digest: id, removedLayers: 0 });
    expect(await folder.manifestFiles()).toEqual(['registry.ollama.ai/someone/model/tag']);
    expect(await folder.manifests.read(name('someone/model:tag'))).toMatchObject({ digest: id, bytes });
  });

  it('refuses one whose blob is missing or cut off, and changes nothing', async () => {
    await folder.manifests.write(name('model'), manifestBytes(config, [first]));
    const absent = { digest: digestOf('absent'), sizeBytes: 6 };
    const short = { ...second, sizeBytes: 1000 };
    for (const blob of [absent, short]) {
      const writing = folder.manifests.write(name('model'), manifestBytes(config, [blob]));
      await expect(writing).rejects.toMatchObject({
        code: 'store_write',
        message: expect.stringContaining(blob.digest),
      });
    }
    expect((await folder.manifests.read(name('model')))?.manifest.layers[0]?.digest).toBe(first.digest);
    expect(await folder.manifestFiles()).toHaveLength(1);
  });

  it('refuses bytes that are no manifest', async () => {
    await expect(folder.manifests.write(name('model'), Buffer.from('[]'))).rejects.toMatchObject({
      code: 'store_read',
    });
    expect(await folder.manifestFiles()).toEqual([]);
  });

  it('removes what only the replaced one named', async () => {
    await folder.manifests.write(name('other'), manifestBytes(config, [second]));
    const third = await folder.add('third');
    await folder.manifests.write(name('model'), manifestBytes(config, [first, second]));
    const written = await folder.manifests.write(name('model'), manifestBytes(config, [third]));
    expect(written.removedLayers).toBe(1);
    expect(await folder.blobFiles()).toEqual(files(config, second, third));
  });

  it('removes nothing when OLLAMA_NOPRUNE is set', async () => {
    const keeping = await storeFolder({ noPrune: true });
    const [one, two] = [await keeping.add('one'), await keeping.add('two')];
    await keeping.manifests.write(name('model'), manifestBytes(one, []));
    expect(await keeping.manifests.write(name('model'), manifestBytes(two, []))).toMatchObject({ removedLayers: 0 });
    expect(await keeping.blobFiles()).toEqual(files(one, two));
    await keeping.remove();
  });

  it('replaces a damaged one', async () => {
    const file = join(folder.modelsDir, 'manifests/registry.ollama.ai/library/model/latest');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'half a mani');
    await folder.manifests.write(name('model'), manifestBytes(config, [first]));
    expect(await readFile(file)).toEqual(manifestBytes(config, [first]));
  });

  it('keeps the case in which a name is stored', async () => {
    await folder.manifests.write(name('Model:Tag'), manifestBytes(config, [first]));
    await folder.manifests.write(name('model:tag'), manifestBytes(config, [second]));
    expect(await folder.manifestFiles()).toEqual(['registry.ollama.ai/library/Model/Tag']);
  });

  it('leaves the layers of the last one alone when many are written at once', async () => {
    const layers = await Promise.all(Array.from({ length: 12 }, (_, index) => folder.add(`layer ${index}`)));
    await Promise.all(layers.map((layer) => folder.manifests.write(name('model'), manifestBytes(config, [layer]))));
    const last = await folder.manifests.read(name('model'));
    const [layer] = last?.manifest.layers ?? [];
    expect(layer).toBeDefined();
    expect(await folder.blobFiles()).toEqual(files(config, first, second, layer as BlobReference));
  });
});

describe('copying', () => {
  it('gives the model a further name', async () => {
    await folder.manifests.write(name('model'), manifestBytes(config, [first]));
    await folder.manifests.copy(name('model'), name('host.example/me/copy:v1'));
    expect(await folder.manifestFiles()).toEqual([
      'host.example/me/copy/v1',
      'registry.ollama.ai/library/model/latest',
    ]);
    await folder.manifests.delete(name('model'));
    expect(await folder.blobFiles()).toEqual(files(config, first, second));
  });

  it('onto itself changes nothing, whatever the case', async () => {
    await folder.manifests.write(name('model'), manifestBytes(config, [first]));
    await folder.manifests.copy(name('model'), name('MODEL'));
    expect(await folder.manifestFiles()).toEqual(['registry.ollama.ai/library/model/latest']);
  });

  it('overwrites, and removes what was only there', async () => {
    await folder.manifests.write(name('model'), manifestBytes(config, [first]));
    await folder.manifests.write(name('copy'), manifestBytes(config, [second]));
    await folder.manifests.copy(name('model'), name('copy'));
    expect(await folder.blobFiles()).toEqual(files(config, first));
  });

  it('of what is not there is an error', async () => {
    const copying = folder.manifests.copy(name('none'), name('copy'));
    await expect(copying).rejects.toMatchObject({ code: 'model_not_found' });
  });
});

describe('deleting', () => {
  it('removes the manifest, its empty folders and what nobody names any more', async () => {
    await folder.manifests.write(name('model:one'), manifestBytes(config, [first]));
    await folder.manifests.write(name('far.example/me/model:two'), manifestBytes(config, [second]));
    await folder.manifests.delete(name('FAR.example/me/model:two'));
    expect(await readdir(join(folder.modelsDir, 'manifests'))).toEqual(['registry.ollama.ai']);
    expect(await folder.blobFiles()).toEqual(files(config, first));
    await folder.manifests.delete(name('model:one'));
    expect(await readdir(join(folder.modelsDir, 'manifests'))).toEqual([]);
    expect(await folder.blobFiles()).toEqual([]);
  });

  it('works for a damaged manifest and for one whose blobs are gone', async () => {
    await folder.manifests.write(name('model'), manifestBytes(config, [first]));
    await rm(folder.blobs.path(first.digest));
    await folder.manifests.delete(name('model'));
    const file = join(folder.modelsDir, 'manifests/registry.ollama.ai/library/model/latest');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
    await folder.manifests.delete(name('model'));
    expect(await folder.manifestFiles()).toEqual([]);
  });

  it('of what is not there is an error', async () => {
    await expect(folder.manifests.delete(name('none'))).rejects.toMatchObject({
      code: 'model_not_found',
      message: "model 'none:latest' not found",
    });
  });
});
