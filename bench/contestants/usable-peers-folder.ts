/**
 * A peers folder whose programs start. Some ways to copy a folder turn its symbolic links into small text files that hold the
 * link's target, and the loader then says "file too short". Such a folder is copied once more, with real links. Copied,
 * not linked: the programs look for their libraries beside their own real path.
 */
import { COPYFILE_FICLONE } from 'node:constants';
import { copyFile, lstat, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';

/** A file name with a version or two; no real library is that small. */
const maxFlattenedBytes = 255;

/** `folder` itself if it is sound, else a repaired copy that goes with the scope. */
export async function usablePeersFolder(folder: string, scope: Scope): Promise<string> {
  const files = await plainFiles(folder);
  const links = new Map<string, string>();
  for (const file of files) {
    const target = await flattenedTarget(path.join(folder, file));
    if (target !== undefined) links.set(file, target);
  }
  if (links.size === 0) return folder;

  const copy = await temporaryFolder(scope, 'peers');
  for (const file of files) {
    const place = path.join(copy, file);
    const target = links.get(file);
    await mkdir(path.dirname(place), { recursive: true });
    if (target === undefined) await copyFile(path.join(folder, file), place, COPYFILE_FICLONE);
    else await symlink(target, place);
  }
  return copy;
}

async function plainFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** The name in a flattened link: a library's file whose whole contents name another file beside it. */
async function flattenedTarget(file: string): Promise<string | undefined> {
  if (!/\.so(\.|$)/.test(path.basename(file)) || (await lstat(file)).size > maxFlattenedBytes) return undefined;
  const target = (await readFile(file, 'utf8')).trim();
  if (!/^[\w.+-]+$/.test(target)) return undefined;
  const found = await lstat(path.join(path.dirname(file), target)).catch(() => undefined); // not there: not a link
  return found?.isFile() === true ? target : undefined;
}
