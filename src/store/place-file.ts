/**
 * Puts a copy of a file at a path so that whoever looks there sees nothing or all of it, at any moment and after any crash: the
 * copy is made under another name and flushed before it is renamed into place.
 *
 * Several processes may place the same file at once: each works under a name of its own and the last rename wins, with the same
 * contents. A temporary name carries its process's id, so that what a killed process left behind is known for what it is.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning } from '../core/is-running.ts';
import { isAbsent, systemCode } from './store-fault.ts';

export interface PlaceFileOptions {
  readonly source: string;
  readonly target: string;
  /** `link-or-copy` shares the source's data where the file system can: instantly and without taking room. */
  readonly method: 'link-or-copy' | 'copy';
  /** Leaves a target alone that came to be meanwhile. */
  readonly keepExisting: boolean;
  /** Where the copy is made, on the same file system; the target's own folder when it is left out. */
  readonly workFolder?: string;
}

// In a container every start has the same process id; the mark tells this process from the one that crashed before it.
const processMark = randomBytes(4).toString('hex');
let nextTemporary = 0;

// Ollama's start removes files of other names from `blobs/` after an hour too.
const abandonedAfterMs = 60 * 60 * 1000;

/** Places the file; both folders must exist. Throws what the file system throws; the target is as it was then. */
export async function placeFile(options: PlaceFileOptions): Promise<void> {
  const { source, target, method, keepExisting, workFolder = dirname(options.target) } = options;
  const temporary = join(workFolder, temporaryName(basename(target)));
  try {
    if (method === 'copy' || !(await tryLink(source, temporary))) await copyDurably(source, temporary);
    if (keepExisting) await renameUnlessExisting(temporary, target);
    else await rename(temporary, target);
    await flushFolder(dirname(target));
  } finally {
    // Also after success: renaming a link to a file onto another link to the same file leaves both names.
    await rm(temporary, { force: true });
  }
}

/** A file name nobody else uses, which tells `removeAbandoned` whose it is. */
export function temporaryName(name: string): string {
  nextTemporary++;
  return `${name}-corral-${process.pid}-${processMark}-${nextTemporary}`;
}

export interface TemporaryOwner {
  readonly pid: number;
  /** Tells processes of one id apart. */
  readonly mark: string;
}

/** Whose temporary file it is; undefined for a file of any other name. */
export function temporaryOwner(path: string): TemporaryOwner | undefined {
  const [, pid, mark] = /-corral-(\d{1,10})-([0-9a-f]{8})-\d+$/.exec(path) ?? [];
  return pid === undefined || mark === undefined ? undefined : { pid: Number(pid), mark };
}

/** Flushes a folder's entries to the disk, where the system can. */
export async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network file systems have no such call; they order their entries themselves.
  }
}

async function tryLink(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    // Another disk, no permission for this file, a file system without links: a copy does it. A full or read-only disk shows there.
    if (isAbsent(error)) throw error;
    return false;
  }
}

async function copyDurably(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(target, 0o644); // the package's files may be read-only
  const handle = await open(target, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename that never replaces: linking fails where something is. Without links there is a look first, and a moment between. */
async function renameUnlessExisting(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || (await exists(to))) return;
    await rename(from, to);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/**
 * Removes temporary files in `folder` whose process has ended, or that nobody wrote to for an hour. Those of the processes that
 * `livingMarks` names stay in any case. Returns the names of the removed.
 */
export async function removeAbandoned(
  folder: string,
  livingMarks: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const entry of await readdir(folder)) {
    const owner = temporaryOwner(entry);
    if (owner === undefined || owner.mark === processMark || livingMarks.has(owner.mark)) continue;
    const path = join(folder, entry);
    // A process in another container may seem dead from here. Its rename then finds nothing and fails; its caller tries again.
    if (isOther(owner.pid) && !(await isOld(path))) continue;
    await rm(path, { force: true });
    removed.push(entry);
  }
  return removed;
}

/** Whether the process still lives; one in another container may seem dead from here. */
export function isLivingOwner({ pid, mark }: TemporaryOwner): boolean {
  return mark === processMark || isOther(pid);
}

/** A mark of another process with this one's number is of one that is gone. */
function isOther(pid: number): boolean {
  return pid !== process.pid && isRunning(pid);
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).ctimeMs > abandonedAfterMs;
  } catch {
    // Already gone.
    return false;
  }
}
