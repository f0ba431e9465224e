/** The files of split weights beside the store (runner/split-weights.ts makes them): they go with their blobs. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from '../core/is-running.ts';
import { blobFileName, type Digest } from '../formats/digest.ts';
import { isUselessSplit, partialSplitOwner, splitFileNames } from '../formats/split-weights/split-file-names.ts';
import { blobsFolder, splitWeightsFolder } from './store-layout.ts';

/** Removes those of these blobs. Never throws: what stays goes when a server starts, and without its blob nobody loads it. */
export async function removeSplitWeights(modelsDir: string, digests: readonly Digest[]): Promise<void> {
  const names = digests.flatMap((digest) => Object.values(splitFileNames(blobFileName(digest))));
  await removeFiles(splitWeightsFolder(modelsDir), names);
}

/** Removes what is of no use: of a writer that is gone, of an older layout, or of a blob that somebody else removed. Never throws. */
export async function cleanSplitWeights(modelsDir: string): Promise<void> {
  const folder = splitWeightsFolder(modelsDir);
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0) return;
  const blobs = await readdir(blobsFolder(modelsDir)).catch(() => undefined);
  if (blobs === undefined) return;
  const known = new Set(blobs);
  const useless = files.filter((file) => {
    const owner = partialSplitOwner(file);
    return owner === undefined ? isUselessSplit(file, known) : !isRunning(owner);
  });
  await removeFiles(folder, useless);
}

async function removeFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true }).catch(() => {});
}
