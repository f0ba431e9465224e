import { chmod } from 'node:fs/promises';
import { makeFolder } from '../make-folder.ts';

/** Makes a folder that only its owner may look into: prompts and answers lie in it. */
export async function makePrivateFolder(path: string): Promise<void> {
  await makeFolder(path);
  await chmod(path, 0o700);
}
