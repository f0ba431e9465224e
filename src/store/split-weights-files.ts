/** The files of split weights beside the store (runner/split-weights.ts makes them): they go with their blobs. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { blobFileName, type Digest } from '../formats/digest.ts';
import { splitFileNames, splitWeightsUse } from '../formats/split-weights/split-file-names.ts';
import { isAbsent } from './store-fault.ts';
import { blobsFolder, splitWeightsFolder } from './store-layout.ts';

/** No runner writes at one file for so long. */
const leftoverMs = 3_600_000;

/** Removes those of these blobs. Throws what the file system throws. */
export async function removeSplitWeights(modelsDir: string, digests: readonly Digest[]): Promise<void> {
  for (const digest of digests) {
    for (const name of Object.values(splitFileNames(blobFileName(digest)))) {
      await rm(join(splitWeightsFolder(modelsDir), name), { force: true });
    }
  }
}

/** Removes what is of no use: half written, of an older layout, or of a blob that somebody else removed. Throws what the file system throws. */
export async function cleanSplitWeights(modelsDir: string, nowMs: number): Promise<void> {
  const folder = splitWeightsFolder(modelsDir);
  const files = await entriesOf(folder);
  if (files.length === 0) return;
  const blobs = new Set(await entriesOf(blobsFolder(modelsDir)));
  for (const name of files) {
    const use = splitWeightsUse(name, blobs);
    const path = join(folder, name);
    if (use === 'none' || (use === 'while-written' && (await ageMs(path, nowMs)) > leftoverMs)) {
      await rm(path, { force: true });
    }
  }
}

async function ageMs(path: string, nowMs: number): Promise<number> {
  try {
    return nowMs - (await stat(path)).mtimeMs;
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw error;
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
