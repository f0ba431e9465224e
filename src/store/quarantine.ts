/**
 * Where damaged blobs are moved: `.corral-quarantine/`, beside `blobs/`, in which Ollama would remove them after an hour under any name
 * that is not a digest. They stay for a week, for whoever wants to know what happened to the disk.
 */
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { blobFileName, type Digest } from '../formats/digest.ts';
import { makeFolder } from './make-folder.ts';
import { temporaryName } from './place-file.ts';
import { isAbsent, writeFault } from './store-fault.ts';
import { blobPath } from './store-layout.ts';

const keptForMs = 7 * 24 * 60 * 60 * 1000;

/** Moves a blob aside; one that is gone is no fault. Throws `store_write`. */
export async function quarantineBlob(modelsDir: string, digest: Digest): Promise<void> {
  const folder = quarantineFolder(modelsDir);
  const target = join(folder, temporaryName(blobFileName(digest)));
  try {
    await makeFolder(folder);
    await rename(blobPath(modelsDir, digest), target);
    const now = new Date();
    await utimes(target, now, now);
  } catch (error) {
    if (!isAbsent(error)) throw writeFault(undefined, error);
  }
}

/** Removes what has been there for a week. Throws what the file system throws. */
export async function removeOldQuarantine(modelsDir: string): Promise<void> {
  const folder = quarantineFolder(modelsDir);
  const entries = await readdir(folder).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
    return [];
  });
  for (const entry of entries) {
    const path = join(folder, entry);
    if (Date.now() - (await stat(path)).mtimeMs > keptForMs) await rm(path, { force: true });
  }
}

function quarantineFolder(modelsDir: string): string {
  return join(modelsDir, '.corral-quarantine');
}
