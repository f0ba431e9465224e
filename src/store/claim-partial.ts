/**
 * One process at a time works on a half-finished blob: two would write beside each other, and what the slower one still writes would go into
 * a blob that the faster one has checked and put in place. The claim is a file beside it, `<blob>-claim`, that names its owner and is touched
 * while it lives, so that one left behind by a crash is known. Ollama knows no claims; its bytes come from the same registry.
 */
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canceled } from '../core/canceled.ts';
import { makeFolder } from './make-folder.ts';
import { isLivingOwner, temporaryName, temporaryOwner } from './place-file.ts';
import { isAbsent, systemCode, writeFault } from './store-fault.ts';

export interface PartialClaim {
  release(): Promise<void>;
}

const beatMs = 5000;

/** A claim that was not touched for this long is dead, whatever its process's number says: six missed beats. */
const deadAfterMs = 30_000;

/** How often who waits looks again. */
const lookMs = 200;

/** Waits until nobody else works on the blob at `path`. Throws `store_write`, `canceled`. */
export async function claimPartial(path: string, signal: AbortSignal): Promise<PartialClaim> {
  const claim = `${path}-claim`;
  try {
    await makeFolder(dirname(path));
    while (!(await tryClaim(claim))) await sleep(lookMs, undefined, { signal });
  } catch (error) {
    if (signal.aborted) throw canceled(error);
    throw writeFault(undefined, error);
  }
  const beat = setInterval(() => {
    const now = new Date();
    // A claim that is lost costs bytes at worst.
    utimes(claim, now, now).catch(() => {});
  }, beatMs);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      // One that can't be removed dies of age.
      await rm(claim, { force: true }).catch(() => {});
    },
  };
}

async function tryClaim(claim: string): Promise<boolean> {
  try {
    await writeFile(claim, temporaryName('claim'), { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  if (!(await isDead(claim))) return false;
  await rm(claim, { force: true });
  return false;
}

async function isDead(claim: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(claim);
    if (Date.now() - mtimeMs > deadAfterMs) return true;
    const owner = temporaryOwner(await readFile(claim, 'utf8'));
    // Without a name it is being written at this moment.
    return owner !== undefined && !isLivingOwner(owner);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
