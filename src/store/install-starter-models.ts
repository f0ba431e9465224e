/**
 * The models that come with the package, put into the user's store on first need, so that a fresh machine answers without a network.
 *
 * Two rules shape it. A model the user deleted stays deleted: a small file beside the store records what was ever offered. And the
 * store is whole at every moment, whoever is killed or runs beside: blobs first, the manifest last, each renamed into place; every
 * step can be repeated, so there is no lock that a crash could leave behind. Blobs are hard links where possible (no time, no room);
 * manifests are always copies, because Ollama rewrites them in place and would write into the package.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CorralError } from '../core/corral-error.ts';
import type { Logger } from '../core/logger.ts';
import { displayName } from '../formats/model-name.ts';
import { maxManifestBytes, parseManifest, type ManifestLayer } from '../formats/model-manifest.ts';
import { findManifest, listManifests, type ManifestFile } from './find-manifests.ts';
import { makeFolder } from './make-folder.ts';
import { placeFile, removeAbandoned } from './place-file.ts';
import { readSmallFile } from './read-small-file.ts';
import { readStarterRecord, writeStarterRecord } from './starter-record.ts';
import { isAbsent, readFault, writeFault } from './store-fault.ts';
import { blobPath, blobsFolder, manifestPath, manifestsFolder } from './store-layout.ts';

export interface InstallStarterOptions {
  /** The package's folder with the models, laid out as a store. */
  readonly starterDir: string;
  /** The user's store; made when it does not exist. */
  readonly modelsDir: string;
  readonly logger: Logger;
  readonly signal?: AbortSignal;
  /** How blobs are placed; `copy` never links. */
  readonly method?: 'link-or-copy' | 'copy';
}

// A clean-up by Ollama may remove a folder or a blob that nothing refers to yet, in the moment before the manifest is there.
const maxTries = 3;

/**
 * Makes the starter models appear in the store, once. Throws `store_write` when they are needed and the store can't take them, and
 * `store_read` when the package itself is damaged; the store is usable as it was in both cases.
 */
export async function installStarterModels(options: InstallStarterOptions): Promise<void> {
  const { starterDir, modelsDir, logger, signal } = options;
  const starters = await listManifests(starterDir, (_parts, fault) => {
    throw readFault('the starter models', fault);
  });
  const offered = await readStarterRecord(modelsDir);
  let news = false;
  for (const starter of starters) {
    signal?.throwIfAborted();
    const name = displayName(starter.name);
    if (offered.has(name)) continue;
    if ((await findManifest(modelsDir, starter.name)) === undefined) {
      await installModel(starter, options);
      logger.info('starter model installed', { model: name });
    }
    offered.add(name);
    news = true;
  }
  if (!news) return;
  try {
    await writeStarterRecord(modelsDir, offered);
  } catch (error) {
    // All models are there, perhaps put there by an administrator into a read-only store: nothing is lost but this note.
    logger.debug('the record of starter models was not written', { reason: writeFault(0, error).message });
  }
}

async function installModel(starter: ManifestFile, options: InstallStarterOptions): Promise<void> {
  const { starterDir, modelsDir } = options;
  const blobs = await starterBlobs(starter, starterDir);
  const sizeBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  try {
    for (let tries = 1; ; tries++) {
      try {
        await placeModel(starter, blobs, options);
        if (await allPlaced(blobs, modelsDir)) return;
      } catch (error) {
        if (!isAbsent(error) || tries >= maxTries) throw error;
      }
      if (tries >= maxTries) {
        throw new CorralError('store_write', 'another program keeps removing blobs from the model store', {
          hint: 'Wait until its clean-up has ended, then try again.',
        });
      }
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw writeFault(sizeBytes, error);
  }
}

/** What the manifest refers to, seen to be in the package in full. */
async function starterBlobs(starter: ManifestFile, starterDir: string): Promise<ManifestLayer[]> {
  try {
    const { bytes } = await readSmallFile(starter.path, maxManifestBytes);
    const manifest = parseManifest(bytes);
    const blobs = [manifest.config, ...manifest.layers];
    for (const blob of blobs) {
      const { size } = await stat(blobPath(starterDir, blob.digest));
      if (size !== blob.sizeBytes)
        throw new Error(`blob ${blob.digest} has ${size} bytes instead of ${blob.sizeBytes}`);
    }
    return blobs;
  } catch (error) {
    throw readFault(`the starter model ${displayName(starter.name)}`, error);
  }
}

async function placeModel(
  starter: ManifestFile,
  blobs: readonly ManifestLayer[],
  { starterDir, modelsDir, signal, method = 'link-or-copy' }: InstallStarterOptions,
): Promise<void> {
  for (const folder of [blobsFolder(modelsDir), manifestsFolder(modelsDir)]) {
    await makeFolder(folder);
    await removeAbandoned(folder);
  }
  for (const blob of blobs) {
    signal?.throwIfAborted();
    if (await isPlaced(blob, modelsDir)) continue;
    const target = blobPath(modelsDir, blob.digest);
    await placeFile({ source: blobPath(starterDir, blob.digest), target, method, keepExisting: false });
  }
  const target = manifestPath(modelsDir, starter.name);
  await makeFolder(dirname(target));
  // In its own folder a half-done copy would look like a model of that name.
  const workFolder = manifestsFolder(modelsDir);
  await placeFile({ source: starter.path, target, method: 'copy', keepExisting: true, workFolder });
}

async function allPlaced(blobs: readonly ManifestLayer[], modelsDir: string): Promise<boolean> {
  const placed = await Promise.all(blobs.map((blob) => isPlaced(blob, modelsDir)));
  return placed.every(Boolean);
}

async function isPlaced(blob: ManifestLayer, modelsDir: string): Promise<boolean> {
  try {
    return (await stat(blobPath(modelsDir, blob.digest))).size === blob.sizeBytes;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
