/** The SHA-256 of a file of any size, read ahead while hashing, so that the disk and the processor work at the same time. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { CorralError } from '../core/corral-error.ts';
import type { Digest } from '../formats/digest.ts';

export interface HashFileOptions {
  readonly signal: AbortSignal;
  /** Called with the count of bytes hashed since the last call. */
  readonly onBytes?: (count: number) => void;
}

export interface HashedFile {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

// Hashing this much holds other work up for about a millisecond; reading it takes one call.
const blockBytes = 1024 * 1024;

/** Throws `canceled`, and what the file system throws. */
export async function hashFile(path: string, { signal, onBytes }: HashFileOptions): Promise<HashedFile> {
  const hash = createHash('sha256');
  const blocks = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)] as const;
  const file = await open(path, 'r');
  let reading = readBlock(file, blocks[0]);
  let sizeBytes = 0;
  try {
    for (let turn = 1; ; turn++) {
      const block = await reading;
      if (signal.aborted) throw new CorralError('canceled', 'request canceled');
      if (block.length === 0) break;
      reading = readBlock(file, blocks[turn % 2 === 0 ? 0 : 1]);
      // It is awaited in the next round; a fault before that is not lost, only early.
      reading.catch(() => {});
      hash.update(block);
      sizeBytes += block.length;
      onBytes?.(block.length);
    }
  } finally {
    // A read that is under way needs its file.
    await reading.catch(() => {});
    await file.close();
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}

async function readBlock(file: FileHandle, into: Buffer): Promise<Buffer> {
  const { bytesRead } = await file.read(into, 0, into.length);
  return into.subarray(0, bytesRead);
}
