import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { blobFileName } from '../formats/digest.ts';
import { parseModelName } from '../formats/model-name.ts';
import { partialSplitName, splitFileNames } from '../formats/split-weights/split-file-names.ts';
import type { BlobReference } from './blob-store.ts';
import { cleanStore } from './clean-store.ts';
import { splitWeightsFolder } from './store-layout.ts';
import { manifestBytes, storeFolder, type StoreFolder } from './test-store-folder.ts';

let folder: StoreFolder;
let config: BlobReference;
let weights: BlobReference;
let others: BlobReference;
beforeEach(async () => {
  folder = await storeFolder();
  [config, weights, others] = [await folder.add('{}'), await folder.add('weights'), await folder.add('others')];
  await folder.manifests.write(parseModelName('model'), manifestBytes(config, [weights]));
  await folder.manifests.write(parseModelName('other'), manifestBytes(config, [others]));
  await mkdir(splitWeightsFolder(folder.modelsDir));
  for (const name of [...namesOf(weights), ...namesOf(others)]) await put(name);
});
afterEach(() => folder.remove());

const namesOf = ({ digest }: BlobReference) => Object.values(splitFileNames(blobFileName(digest)));
const there = async () => (await readdir(splitWeightsFolder(folder.modelsDir))).toSorted();
const clean = () => cleanStore({ modelsDir: folder.modelsDir, noPrune: false, logger: silentLogger });

async function put(name: string): Promise<void> {
  await writeFile(join(splitWeightsFolder(folder.modelsDir), name), 'x');
}

it('go with the model that they were made from', async () => {
  await folder.manifests.delete(parseModelName('model'));
  expect(await there()).toEqual(namesOf(others).toSorted());
});

it('are made anew after their blob was checked, whatever came out', async () => {
  const options = { signal: new AbortController().signal };
  expect(await folder.blobs.check(weights, options)).toBe('good');
  expect(await there()).toEqual(namesOf(others).toSorted());
  expect(await folder.blobs.check({ ...others, sizeBytes: others.sizeBytes + 1 }, options)).toBe('damaged');
  expect(await there()).toEqual([]);
});

it('are cleared of what is of no use when a server starts, and of nothing else', async () => {
  const gone = Object.values(splitFileNames(`sha256-${'0a'.repeat(32)}`));
  // No system gives out a number as high as the second.
  const [written, broken] = [process.pid, 4_194_399].map((pid) =>
    partialSplitName(namesOf(weights)[0] ?? '', pid, '0f-a1'),
  );
  const kept = ['notes.txt', written ?? ''];
  for (const name of [...gone, ...kept, broken ?? '']) await put(name);
  await clean();
  expect(await there()).toEqual([...namesOf(weights), ...namesOf(others), ...kept].toSorted());
});

it('need not be there', async () => {
  const bare = await storeFolder();
  await cleanStore({ modelsDir: bare.modelsDir, noPrune: false, logger: silentLogger });
  expect(await readdir(bare.modelsDir)).not.toContain('.corral-split-weights');
  await bare.remove();
});
