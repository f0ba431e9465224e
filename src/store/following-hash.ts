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
  const state = { hash: createHash('sha256'), hashedBytes: 0, isStopped: false };
  let catchingUp: Promise<void> | undefined;

  async function catchUp(): Promise<void> {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, contiguousBytes() - state.hashedBytes));
    while (!state.isStopped && state.hashedBytes < contiguousBytes()) {
      const length = Math.min(block.length, contiguousBytes() - state.hashedBytes);
      const { bytesRead } = await file.read(block, 0, length, state.hashedBytes);
      if (bytesRead === 0) throw new Error('the file is shorter than what was written');
      state.hash.update(block.subarray(0, bytesRead));
      state.hashedBytes += bytesRead;
    }
    catchingUp = undefined;
  }

  function follow(): void {
    if (catchingUp !== undefined || state.isStopped || state.hashedBytes >= contiguousBytes()) return;
    catchingUp = catchUp();
    // One that failed stays, and `digest` rejects with it.
    catchingUp.catch(() => {});
  }

  return {
    pass(offset, bytes) {
      if (catchingUp !== undefined || offset !== state.hashedBytes) return;
      state.hash.update(bytes);
      state.hashedBytes += bytes.byteLength;
    },
    follow,
    async digest(sizeBytes) {
      for (follow(); catchingUp !== undefined; follow()) await catchingUp;
      if (state.hashedBytes !== sizeBytes) throw new Error('the file has a gap');
      return state.hash.digest('hex');
    },
    async stop() {
      state.isStopped = true;
      await catchingUp?.catch(() => {});
    },
  };
}
