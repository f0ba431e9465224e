/**
 * The SHA-256 of a file that is written in any order: it follows from the file's beginning as far as there is no gap. Bytes that arrive where
 * it stands are hashed on their way to the disk, which is all of them where one stream brings the file. What was written ahead of it, or by
 * an earlier process, is read back as soon as the gap closes, when it still is in the system's memory as a rule.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

// Hashing this much holds other work up for about a millisecond.
const blockBytes = 1024 * 1024;

export interface FollowingHash {
  /** Tells that bytes are about to be written. */
  pass(offset: number, bytes: Uint8Array): void;
  /** Tells that more of the file is written. */
  follow(): void;
  /** Bare hex of the file's first `sizeBytes`, which all have to be written. Rejects with what reading the file throws. */
  digest(sizeBytes: number): Promise<string>;
  /** Resolves when the file is not read any more. */
  stop(): Promise<void>;
}

/** `contiguousBytes` tells how far the file is written without a gap. */
export function createFollowingHash(file: FileHandle, contiguousBytes: () => number): FollowingHash {
  const hash = createHash('sha256');
  let hashedBytes = 0;
  let stopped = false;
  let catchingUp: Promise<void> | undefined;

  async function catchUp(): Promise<void> {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, contiguousBytes() - hashedBytes));
    while (!stopped && hashedBytes < contiguousBytes()) {
      const length = Math.min(block.length, contiguousBytes() - hashedBytes);
      const { bytesRead } = await file.read(block, 0, length, hashedBytes);
      if (bytesRead === 0) throw new Error('the file is shorter than what was written');
      hash.update(block.subarray(0, bytesRead));
      hashedBytes += bytesRead;
    }
  }

  function follow(): void {
    if (catchingUp !== undefined || stopped || hashedBytes >= contiguousBytes()) return;
    const run = catchUp();
    catchingUp = run;
    run.then(
      () => {
        catchingUp = undefined;
      },
      // It stays, and `digest` rejects with it.
      () => {},
    );
  }

  return {
    pass(offset, bytes) {
      if (catchingUp !== undefined || offset !== hashedBytes) return;
      hash.update(bytes);
      hashedBytes += bytes.byteLength;
    },
    follow,
    async digest(sizeBytes) {
      while (hashedBytes < sizeBytes) {
        follow();
        if (catchingUp === undefined) throw new Error('the file has a gap');
        await catchingUp;
      }
      return hash.digest('hex');
    },
    async stop() {
      stopped = true;
      await catchingUp?.catch(() => {});
    },
  };
}
