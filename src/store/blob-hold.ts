/**
 * Holds: files in `.corral-holds/`, beside `manifests/` and `blobs/`, that list digests a running create or pull still needs. Whoever
 * removes blobs reads them first, in this process or another.
 *
 * A hold lives as long as its file is touched; nothing else tells the living from the dead where processes sit in containers of their
 * own or an id was given to somebody else. So a killed process's blobs are kept a few minutes longer than needed, never less.
 * Ollama does not read holds. It spares blobs that were touched within the hour, so the blobs are touched along with the hold.
 */
import { appendFile, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDigest, type Digest } from '../formats/digest.ts';
import type { BlobHold } from './blob-store.ts';
import { makeFolder } from './make-folder.ts';
import { temporaryName, temporaryOwner } from './place-file.ts';
import { isAbsent, writeFault } from './store-fault.ts';
import { blobPath } from './store-layout.ts';

const beatMs = 60_000;

/** A hold that was not touched for this long is dead: ten missed beats, more than a busy machine or two clocks differ by. */
const deadAfterMs = 10 * 60_000;

/** What living holds keep, and the marks (see `temporaryOwner`) of the processes that have one. */
export interface HeldBlobs {
  readonly digests: ReadonlySet<Digest>;
  readonly marks: ReadonlySet<string>;
}

/** A new hold, empty at first. Throws `store_write`. */
export async function openBlobHold(modelsDir: string): Promise<BlobHold> {
  const kept = new Set<Digest>();
  const folder = holdsFolder(modelsDir);
  const path = join(folder, temporaryName('hold'));
  await makeFolder(folder)
    .then(() => writeFile(path, '', { flag: 'wx' }))
    .catch((error: unknown) => {
      throw writeFault(undefined, error);
    });

  const beat = async () => {
    const now = new Date();
    await utimes(path, now, now).catch(() => writeFile(path, lines(kept)));
    await touchBlobs(modelsDir, kept);
  };
  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // A store that can't be written for a moment is no reason to stop; the write that needs the hold will tell.
    beating = beating.then(beat).catch(() => {});
  }, beatMs);
  timer.unref();

  return {
    async keep(digests) {
      const added = digests.filter((digest) => !kept.has(digest));
      if (added.length === 0) return;
      for (const digest of added) kept.add(digest);
      // One write, and readers take whole lines only: they see a digest or not, never half of one.
      await appendFile(path, lines(added)).catch((error: unknown) => {
        throw writeFault(undefined, error);
      });
      await touchBlobs(modelsDir, added);
    },
    async release() {
      clearInterval(timer);
      await beating;
      // A file that can't be removed dies of age.
      await rm(path, { force: true }).catch(() => {});
    },
  };
}

/** Reads all holds. Throws what the file system throws. */
export async function readBlobHolds(modelsDir: string): Promise<HeldBlobs> {
  const digests = new Set<Digest>();
  const marks = new Set<string>();
  for (const path of await livingHolds(modelsDir)) {
    const mark = temporaryOwner(path)?.mark;
    if (mark !== undefined) marks.add(mark);
    for (const digest of await readHold(path)) digests.add(digest);
  }
  return { digests, marks };
}

/** Removes the files of holds that died. */
export async function removeDeadHolds(modelsDir: string): Promise<void> {
  const living = new Set(await livingHolds(modelsDir));
  const all = await holdFiles(modelsDir);
  await Promise.all(all.filter((path) => !living.has(path)).map((path) => rm(path, { force: true })));
}

async function livingHolds(modelsDir: string): Promise<string[]> {
  const living: string[] = [];
  for (const path of await holdFiles(modelsDir)) {
    const found = await stat(path).catch(absentAsUndefined);
    if (found?.isFile() && Date.now() - found.mtimeMs < deadAfterMs) living.push(path);
  }
  return living;
}

async function holdFiles(modelsDir: string): Promise<string[]> {
  const folder = holdsFolder(modelsDir);
  const entries = (await readdir(folder).catch(absentAsUndefined)) ?? [];
  return entries.filter((entry) => temporaryOwner(entry) !== undefined).map((entry) => join(folder, entry));
}

async function readHold(path: string): Promise<Digest[]> {
  // Released since: what it kept is named by a manifest now, or not needed.
  const text = await readFile(path, 'utf8').catch(absentAsUndefined);
  const whole = text?.split('\n').slice(0, -1) ?? [];
  return whole.map(parseDigest).filter((digest) => digest !== undefined);
}

async function touchBlobs(modelsDir: string, digests: Iterable<Digest>): Promise<void> {
  const now = new Date();
  for (const digest of digests) {
    // Not there yet, or another user's file, whose times are not ours to set: the hold itself counts.
    await utimes(blobPath(modelsDir, digest), now, now).catch(() => {});
  }
}

function absentAsUndefined(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

function holdsFolder(modelsDir: string): string {
  return join(modelsDir, '.corral-holds');
}

function lines(digests: Iterable<Digest>): string {
  return Array.from(digests, (digest) => `${digest}\n`).join('');
}
