/** Writes a small file so that whoever looks there sees the old contents or the new, at any moment and after any crash. */
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { flushFolder, temporaryName } from './place-file.ts';

export interface PlaceBytesOptions {
  readonly bytes: Uint8Array;
  readonly target: string;
  /** Where the new contents are written first, on the same file system; the target's own folder when it is left out. */
  readonly workFolder?: string;
}

/** Replaces `target`; both folders must exist. Throws what the file system throws; the target is as it was then. */
export async function placeBytes({ bytes, target, workFolder = dirname(target) }: PlaceBytesOptions): Promise<void> {
  const temporary = join(workFolder, temporaryName(basename(target)));
  try {
    const handle = await open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
    await flushFolder(dirname(target));
  } finally {
    await rm(temporary, { force: true });
  }
}
