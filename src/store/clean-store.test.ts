import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger, silentLogger } from '../core/logger.ts';
import { blobFileName } from '../formats/digest.ts';
import { parseModelName } from '../formats/model-name.ts';
import type { BlobReference } from './blob-store.ts';
import { cleanStore } from './clean-store.ts';
import { quarantineBlob } from './quarantine.ts';
import { age, manifestBytes, storeFolder, type StoreFolder } from './test-store-folder.ts';

const hourMs = 3_600_000;
let folder: StoreFolder;
let config: BlobReference;
let layer: BlobReference;
let loose: BlobReference;
beforeEach(async () => {
  folder = await storeFolder();
  [config, layer, loose] = [await folder.add('{}'), await folder.add('layer'), await folder.add('loose')];
  await folder.manifests.write(parseModelName('model'), manifestBytes(config, [layer]));
  for (const { digest } of [config, layer, loose]) await age(folder.modelsDir, digest, 2 * hourMs);
});
afterEach(() => folder.remove());

const files = (...blobs: BlobReference[]) => blobs.map(({ digest }) => blobFileName(digest)).sort();
const clean = (noPrune = false) => cleanStore({ modelsDir: folder.modelsDir, noPrune, logger: silentLogger });
async function put(path: string, ageMs: number): Promise<void> {
  const file = join(folder.modelsDir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'x');
  const then = new Date(Date.now() - ageMs);
  await utimes(file, then, then);
}

it('removes old blobs that nobody names, misnamed files and empty folders', async () => {
  await put('blobs/stray', 2 * hourMs);
  await mkdir(join(folder.modelsDir, 'manifests/far.example/someone/nothing'), { recursive: true });
  await clean();
  expect(await folder.blobFiles()).toEqual(files(config, layer));
  expect(await readdir(join(folder.modelsDir, 'manifests'))).toEqual(['registry.ollama.ai']);
});

it('leaves a blob that a create or pull holds, in whatever process', async () => {
  await writeFile(join(folder.modelsDir, '.corral-holds', 'hold-corral-4194399-00000000-1'), `${loose.digest}\n`);
  await clean();
  expect(await folder.blobFiles()).toEqual(files(config, layer, loose));
});

it('takes a hold that was not touched for ten minutes for dead', async () => {
  const hold = '.corral-holds/hold-corral-4194399-00000000-1';
  await put(hold, 11 * 60_000);
  await writeFile(join(folder.modelsDir, hold), `${loose.digest}\n`);
  const then = new Date(Date.now() - 11 * 60_000);
  await utimes(join(folder.modelsDir, hold), then, then);
  await clean();
  expect(await folder.blobFiles()).toEqual(files(config, layer));
  expect(await readdir(join(folder.modelsDir, '.corral-holds'))).toEqual([]);
});

it('removes nothing while a manifest is damaged, and says so', async () => {
  await put('manifests/registry.ollama.ai/library/odd/latest', 0);
  await put('blobs/stray', 2 * hourMs);
  const lines: string[] = [];
  const logger = createLogger('warn', (line) => lines.push(line));
  await cleanStore({ modelsDir: folder.modelsDir, noPrune: false, logger });
  expect(await folder.blobFiles()).toEqual([...files(config, layer, loose), 'stray'].sort());
  expect(lines.join('')).toContain('not cleared up');
});

it('removes nothing when OLLAMA_NOPRUNE is set, but brings old names up to date', async () => {
  await rename(folder.blobs.path(layer.digest), join(folder.modelsDir, 'blobs', layer.digest));
  await clean(true);
  expect(await folder.blobFiles()).toEqual(files(config, layer, loose));
});

it('leaves folders and what is young alone', async () => {
  await put('blobs/young', 0);
  await put('blobs/inner/old', 2 * hourMs);
  await clean();
  expect(await folder.blobFiles()).toEqual([...files(config, layer), 'inner/old', 'young'].sort());
});

it('keeps what was quarantined for a week', async () => {
  const quarantine = join(folder.modelsDir, '.corral-quarantine');
  await quarantineBlob(folder.modelsDir, loose.digest);
  await clean();
  const [kept = ''] = await readdir(quarantine);
  expect(kept).toContain(blobFileName(loose.digest));
  const then = new Date(Date.now() - 8 * 24 * hourMs);
  await utimes(join(quarantine, kept), then, then);
  await clean();
  expect(await readdir(quarantine)).toEqual([]);
});

it('has nothing to do where no store is', async () => {
  const lines: string[] = [];
  const logger = createLogger('trace', (line) => lines.push(line));
  await cleanStore({ modelsDir: join(folder.modelsDir, 'none'), noPrune: false, logger });
  expect(lines).toEqual([]);
});
