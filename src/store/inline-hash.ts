/** A following hash in this thread, for blobs that are small or where no thread can be had. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ContiguousBytes, FollowingHash } from './following-hash.ts';

// Hashing this much holds other work up for about a millisecond.
const blockBytes = 1024 * 1024;

export function createInlineHash(file: FileHandle, contiguousBytes: ContiguousBytes): FollowingHash {
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
