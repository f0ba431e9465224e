/**
 * Removes blobs that nobody needs, while other processes may begin to need them. There is no lock, since a crash would leave it behind
 * and Ollama would not know it. Instead a blob is first moved aside, then it is asked again whether anybody needs it, and if so it is
 * moved back: whoever saw the blob in its place had written its hold before that look (see `BlobHold.keep`), so the second question
 * sees the hold, or the manifest that was written before the hold was released.
 */
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { blobFileName, type Digest } from '../formats/digest.ts';
import { readBlobHolds } from './blob-hold.ts';
import { namedDigests } from './named-digests.ts';
import { temporaryName } from './place-file.ts';
import { removeSplitWeights } from './split-weights-files.ts';
import { isAbsent } from './store-fault.ts';
import { blobPath } from './store-layout.ts';

/** Those that were removed. Throws `store_read` when a manifest can't be read, before anything is moved; else what the file system throws. */
export async function removeUnreferenced(modelsDir: string, digests: readonly Digest[]): Promise<readonly Digest[]> {
  const aside = new Map<Digest, string>();
  try {
    for (const digest of await unneededOf(modelsDir, digests)) {
      const path = join(dirname(blobPath(modelsDir, digest)), temporaryName(blobFileName(digest)));
      if (await moved(blobPath(modelsDir, digest), path)) aside.set(digest, path);
    }
    const unneeded = await unneededOf(modelsDir, [...aside.keys()]);
    for (const digest of unneeded) {
      await rm(aside.get(digest) ?? '', { force: true });
      aside.delete(digest);
    }
    await removeSplitWeights(modelsDir, unneeded);
    return unneeded;
  } finally {
    // Somebody needs them, or nobody can say.
    for (const [digest, path] of aside) await moved(path, blobPath(modelsDir, digest));
  }
}

async function unneededOf(modelsDir: string, digests: readonly Digest[]): Promise<Digest[]> {
  if (digests.length === 0) return [];
  // In this order: a hold that is gone by now was released after its manifest had been written.
  const held = await readBlobHolds(modelsDir);
  const named = await namedDigests(modelsDir);
  return [...new Set(digests)].filter((digest) => !held.digests.has(digest) && !named.has(digest));
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
