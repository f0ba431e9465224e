/**
 * Clears up when a server starts, as Ollama does: what nobody uses, what broke off, what is misnamed and what is empty. Nothing goes while
 * any manifest can't be read, since nobody knows what it names; nor what a running create or pull of any process holds.
 */
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toCorralError } from '../core/corral-error.ts';
import type { Logger } from '../core/logger.ts';
import { blobFileName, parseDigest } from '../formats/digest.ts';
import { readBlobHolds, removeDeadHolds } from './blob-hold.ts';
import { namedDigests } from './named-digests.ts';
import { removeAbandoned } from './place-file.ts';
import { planCleanUp, type BlobFile } from './plan-clean-up.ts';
import { removeOldQuarantine } from './quarantine.ts';
import { removeUnreferenced } from './remove-unreferenced.ts';
import { cleanSplitWeights } from './split-weights-files.ts';
import { isAbsent, readFault } from './store-fault.ts';
import { blobsFolder, manifestsFolder } from './store-layout.ts';

export interface CleanStoreOptions {
  readonly modelsDir: string;
  /** OLLAMA_NOPRUNE: only old names are brought up to date. */
  readonly noPrune: boolean;
  readonly logger: Logger;
}

/** Never throws: a store that can't be cleared still serves what it holds. */
export async function cleanStore({ modelsDir, noPrune, logger }: CleanStoreOptions): Promise<void> {
  try {
    await renameOldBlobs(blobsFolder(modelsDir));
    if (noPrune) return;
    // Throws where a manifest is damaged; before anything is removed.
    await namedDigests(modelsDir);
    const held = await readBlobHolds(modelsDir);
    const { digests, files } = planCleanUp(await blobFiles(modelsDir), held, Date.now());
    for (const file of files) await rm(join(blobsFolder(modelsDir), file), { force: true });
    const removed = await removeUnreferenced(modelsDir, digests);
    for (const folder of [blobsFolder(modelsDir), manifestsFolder(modelsDir)]) {
      await removeAbandoned(folder, held.marks).catch(unlessAbsent);
    }
    await removeEmptyFolders(manifestsFolder(modelsDir));
    await removeDeadHolds(modelsDir);
    await removeOldQuarantine(modelsDir);
    await cleanSplitWeights(modelsDir);
    if (removed.length + files.length > 0) {
      logger.info('unused files of the model store removed', { blobs: removed.length, others: files.length });
    }
  } catch (thrown) {
    const { message } = toCorralError(readFault('the model store', thrown));
    logger.warn('the model store is not cleared up', { reason: message });
  }
}

/** Until 2023 blobs were called `sha256:<hex>`. */
async function renameOldBlobs(folder: string): Promise<void> {
  for (const name of await entriesOf(folder)) {
    const digest = name.startsWith('sha256:') ? parseDigest(name) : undefined;
    if (digest === undefined) continue;
    const target = join(folder, blobFileName(digest));
    if ((await stat(target).catch(unlessAbsent)) === undefined) await rename(join(folder, name), target);
  }
}

async function blobFiles(modelsDir: string): Promise<BlobFile[]> {
  const folder = blobsFolder(modelsDir);
  const files: BlobFile[] = [];
  for (const name of await entriesOf(folder)) {
    const found = await stat(join(folder, name)).catch(unlessAbsent);
    if (found?.isFile()) files.push({ name, modifiedAtMs: found.mtimeMs });
  }
  return files;
}

async function removeEmptyFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(unlessAbsent);
  for (const entry of entries ?? []) {
    if (!entry.isDirectory()) continue;
    const inner = join(folder, entry.name);
    await removeEmptyFolders(inner);
    // One that holds anything refuses; one that can't be removed harms nobody.
    await rmdir(inner).catch(() => {});
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(unlessAbsent)) ?? [];
}

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}
