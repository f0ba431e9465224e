import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAbsent, systemCode } from './store-fault.ts';

/**
 * Makes a folder and those above it, unless they are there. Throws what the file system says, which Node's own recursive way does not: it
 * calls a disk that may only be read ENOENT.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    if (!isAbsent(error) || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch((again: unknown) => {
      // Somebody else made it meanwhile.
      if (systemCode(again) !== 'EEXIST') throw again;
    });
  }
}
