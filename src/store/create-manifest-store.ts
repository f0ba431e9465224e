/**
 * Manifests of a folder; see `ManifestStore`. Within one process changes are made one after the other, so that the layers of a replaced
 * manifest are always those that were replaced; other processes are reckoned with through holds and renames.
 */
import { createHash } from 'node:crypto';
import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CorralError } from '../core/corral-error.ts';
import type { Logger } from '../core/logger.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import type { Digest } from '../formats/digest.ts';
import { maxManifestBytes, parseManifest, type ManifestLayer, type ModelManifest } from '../formats/model-manifest.ts';
import { displayName, sameModelName, type ModelName } from '../formats/model-name.ts';
import type { BlobStore } from './blob-store.ts';
import { findManifest, listManifests, newManifestPath, type ManifestFile } from './find-manifests.ts';
import { makeFolder } from './make-folder.ts';
import type { ManifestStore, StoredManifest } from './manifest-store.ts';
import { placeBytes } from './place-bytes.ts';
import { flushFolder } from './place-file.ts';
import { readSmallFile } from './read-small-file.ts';
import { modelNotFound } from './read-stored-model.ts';
import { isAbsent, readFault, systemCode, writeFault } from './store-fault.ts';
import { manifestsFolder } from './store-layout.ts';

export interface ManifestStoreOptions {
  readonly modelsDir: string;
  readonly blobs: BlobStore;
  /** OLLAMA_NOPRUNE: layers of a replaced manifest stay. */
  readonly noPrune: boolean;
  readonly logger: Logger;
}

// Somebody's clean-up may remove the folder that was just made, as long as it is empty.
const maxTries = 3;

// A clean-up moves a blob aside for the time of two looks at the store before it sees that it is needed.
const lookAgainMs = 100;
const looks = 4;

export function createManifestStore({ modelsDir, blobs, noPrune, logger }: ManifestStoreOptions): ManifestStore {
  const inTurn = oneAtATime();

  async function read(name: ModelName): Promise<StoredManifest | undefined> {
    const file = await findManifest(modelsDir, name);
    return file === undefined ? undefined : readFile(file);
  }

  async function write(name: ModelName, bytes: Uint8Array): Promise<{ digest: string; removedLayers: number }> {
    const manifest = parseManifest(bytes);
    const hold = await blobs.hold();
    let replaced: readonly Digest[];
    try {
      await hold.keep(digestsOf(manifest));
      await checkBlobs(manifest);
      const existing = await findManifest(modelsDir, name);
      replaced = existing === undefined ? [] : await readableDigests(existing);
      await place(existing?.path ?? (await newManifestPath(modelsDir, name)), bytes);
    } finally {
      await hold.release();
    }
    const needed = new Set(digestsOf(manifest));
    const unneeded = replaced.filter((digest) => !needed.has(digest));
    const removed = noPrune ? [] : await blobs.removeUnreferenced(unneeded);
    return { digest: sha256(bytes), removedLayers: removed.length };
  }

  async function checkBlobs(manifest: ModelManifest): Promise<void> {
    for (const blob of [manifest.config, ...manifest.layers]) {
      for (let look = 1; !(await isThere(blob)); look++) {
        if (look === looks) throw missingBlob(blob);
        await delay(lookAgainMs);
      }
    }
  }

  async function isThere({ digest, sizeBytes }: ManifestLayer): Promise<boolean> {
    return (await blobs.sizeOf(digest)) === sizeBytes;
  }

  async function place(target: string, bytes: Uint8Array): Promise<void> {
    // In its own folder a half-written manifest would look like a model of that name.
    const workFolder = manifestsFolder(modelsDir);
    try {
      for (let tries = 1; ; tries++) {
        await makeFolder(dirname(target));
        try {
          await placeBytes({ bytes, target, workFolder });
          return;
        } catch (error) {
          if (!isAbsent(error) || tries === maxTries) throw error;
        }
      }
    } catch (error) {
      throw writeFault(bytes.byteLength, error);
    }
  }

  async function remove(name: ModelName): Promise<void> {
    const file = await findManifest(modelsDir, name);
    if (file === undefined) throw modelNotFound(displayName(name));
    const digests = await readableDigests(file);
    try {
      await rm(file.path);
      await flushFolder(dirname(file.path));
      await removeEmptyFolders(dirname(file.path));
    } catch (error) {
      if (isAbsent(error)) throw modelNotFound(displayName(name));
      throw writeFault(undefined, error);
    }
    await blobs.removeUnreferenced(digests);
  }

  /** What a manifest names; nothing for one that is damaged, which may be replaced and deleted all the same. */
  async function readableDigests(file: ManifestFile): Promise<readonly Digest[]> {
    try {
      const found = await readFile(file);
      return found === undefined ? [] : digestsOf(found.manifest);
    } catch (error) {
      logger.warn('a damaged manifest goes; the blobs it may have named stay', {
        reason: readFault('it', error).message,
      });
      return [];
    }
  }

  async function removeEmptyFolders(folder: string): Promise<void> {
    for (let empty = folder; empty !== manifestsFolder(modelsDir); empty = dirname(empty)) {
      try {
        await rmdir(empty);
      } catch (error) {
        const code = systemCode(error) ?? '';
        if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(code)) throw error;
        return;
      }
    }
  }

  return {
    async names() {
      const files = await listManifests(modelsDir, (_parts, fault) => {
        throw readFault('the model store', fault);
      });
      return files.map(({ name }) => name);
    },
    read,
    write: (name, bytes) => inTurn(() => write(name, bytes)),
    copy: (from, to) =>
      inTurn(async () => {
        const source = await read(from);
        if (source === undefined) throw modelNotFound(displayName(from));
        if (!sameModelName(source.name, to)) await write(to, source.bytes);
      }),
    delete: (name) => inTurn(() => remove(name)),
  };
}

async function readFile({ name, path }: ManifestFile): Promise<StoredManifest | undefined> {
  try {
    const { bytes } = await readSmallFile(path, maxManifestBytes);
    return { name, bytes, manifest: parseManifest(bytes), digest: sha256(bytes) };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw readFault(`the manifest of model '${displayName(name)}'`, error);
  }
}

function digestsOf({ config, layers }: ModelManifest): Digest[] {
  return [config, ...layers].map(({ digest }) => digest);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function missingBlob({ digest, sizeBytes }: ManifestLayer): CorralError {
  return new CorralError('store_write', `blob ${digest} of ${sizeBytes} bytes is not in the store`, {
    hint: 'Pull or create the model again.',
  });
}
