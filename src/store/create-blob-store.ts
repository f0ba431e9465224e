import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toCorralError } from '../core/corral-error.ts';
import type { Logger } from '../core/logger.ts';
import { openBlobHold } from './blob-hold.ts';
import type { BlobReference, BlobStore, WriteBlobOptions } from './blob-store.ts';
import { checkBlob } from './check-blob.ts';
import { digestMismatch } from './digest-mismatch.ts';
import { hashFile, type HashedFile } from './hash-file.ts';
import { makeFolder } from './make-folder.ts';
import { openPartialBlob } from './partial-blob.ts';
import { flushFolder, temporaryName } from './place-file.ts';
import { quarantineBlob } from './quarantine.ts';
import { removeUnreferenced } from './remove-unreferenced.ts';
import { removeSplitWeights } from './split-weights-files.ts';
import { isAbsent, readFault, writeFault } from './store-fault.ts';
import { blobPath, blobsFolder } from './store-layout.ts';
import { writeHashed } from './write-hashed.ts';
import type { Digest } from '../formats/digest.ts';

export interface BlobStoreOptions {
  /** The folder with `manifests/` and `blobs/`; made with the first write. */
  readonly modelsDir: string;
  readonly logger: Logger;
  /** See `HashThreadOptions.program`. */
  readonly hashProgram?: string | undefined;
}

/** The blobs of a folder; see `BlobStore`. */
export function createBlobStore({ modelsDir, logger, hashProgram }: BlobStoreOptions): BlobStore {
  const folder = blobsFolder(modelsDir);
  const path = (digest: Digest) => blobPath(modelsDir, digest);

  async function sizeOf(digest: Digest): Promise<number | undefined> {
    try {
      const found = await stat(path(digest));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw readFault(`blob ${digest}`, error);
    }
  }

  async function temporaryFile(): Promise<string> {
    await makeFolder(folder).catch((error: unknown) => {
      throw writeFault(undefined, error);
    });
    return join(folder, temporaryName('sha256'));
  }

  /** Gives a file that is written, flushed and hashed its place. */
  async function settle(file: string, { digest, sizeBytes }: HashedFile, options: WriteBlobOptions): Promise<void> {
    const { expected, hold } = options;
    if (expected !== undefined && expected !== digest) throw digestMismatch(expected, digest);
    await hold.keep([digest]);
    // One of another size was cut off by a crash or a full disk: the whole one takes its place.
    if ((await sizeOf(digest)) === sizeBytes) return;
    try {
      await rename(file, path(digest));
      await flushFolder(folder);
    } catch (error) {
      throw writeFault(sizeBytes, error);
    }
  }

  /** What every new blob goes through: `produce` makes the file, which is gone afterwards unless it became the blob. */
  async function place(
    file: string,
    options: WriteBlobOptions,
    produce: () => Promise<HashedFile>,
  ): Promise<BlobReference> {
    try {
      if (options.expected !== undefined) await options.hold.keep([options.expected]);
      const hashed = await produce();
      await settle(file, hashed, options);
      return hashed;
    } finally {
      // It may be gone already; one that can't be removed goes with the next clean-up.
      await rm(file, { force: true }).catch(() => {});
    }
  }

  return {
    path,
    sizeOf,
    temporaryFile,
    async write(bytes, options) {
      const file = await temporaryFile();
      return place(file, options, () => writeHashed(file, bytes, options.signal));
    },
    adopt: (file, options) =>
      place(file, options, async () => {
        try {
          await flushFile(file);
          return await hashFile(file, { signal: options.signal, hashProgram });
        } catch (error) {
          throw writeFault(undefined, error);
        }
      }),
    openPartial: ({ digest, sizeBytes }) => openPartialBlob({ path: path(digest), digest, sizeBytes, hashProgram }),
    hold: () => openBlobHold(modelsDir),
    async check(blob, options) {
      const condition = await checkBlob(path(blob.digest), blob, { ...options, hashProgram });
      await removeSplitWeights(modelsDir, [blob.digest]);
      return condition;
    },
    quarantine: (digest) => quarantineBlob(modelsDir, digest),
    async removeUnreferenced(digests) {
      try {
        return await removeUnreferenced(modelsDir, digests);
      } catch (error) {
        const { code, message } = toCorralError(error);
        if (code !== 'store_read') throw writeFault(undefined, error);
        logger.warn('unused blobs stay, since it is unknown who uses them', { reason: message });
        return [];
      }
    },
  };
}

async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.chmod(0o644);
    await file.sync();
  } finally {
    await file.close();
  }
}
