/**
 * Writes a stream into a new file and hashes it on the way. Chunks are gathered into large blocks, of which one is on its way to the
 * disk while the next is filled and hashed; a source may use its own buffer again as soon as it is asked for more.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { canceled } from '../core/canceled.ts';
import { untilAborted } from '../core/until-aborted.ts';
import type { HashedFile } from './hash-file.ts';
import { writeFault } from './store-fault.ts';

const blockBytes = 1024 * 1024;

/**
 * The file at `path` must not exist. On return it is flushed to the disk. Throws `store_write`, `canceled`, and what `bytes` throws;
 * the file is left for the caller to remove.
 */
export async function writeHashed(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<HashedFile> {
  const hash = createHash('sha256');
  const file = await onDisk(open(path, 'wx', 0o644));
  let writing: Promise<void> = Promise.resolve();
  let block = Buffer.allocUnsafe(blockBytes);
  let spare = Buffer.allocUnsafe(blockBytes);
  let filledBytes = 0;
  let sizeBytes = 0;

  const flush = async () => {
    const full = block.subarray(0, filledBytes);
    await writing;
    writing = onDisk(writeAll(file, full));
    // It is awaited before the next block and at the end; a fault before that is not lost, only early.
    writing.catch(() => {});
    hash.update(full);
    [block, spare] = [spare, block];
    sizeBytes += filledBytes;
    filledBytes = 0;
  };

  try {
    for await (const chunk of untilAborted(bytes, signal)) {
      for (let taken = 0; taken < chunk.length;) {
        const part = chunk.subarray(taken, taken + blockBytes - filledBytes);
        block.set(part, filledBytes);
        filledBytes += part.length;
        taken += part.length;
        if (filledBytes === blockBytes) await flush();
      }
    }
    if (filledBytes > 0) await flush();
    await writing;
    if (signal.aborted) throw canceled();
    await onDisk(file.sync());
  } finally {
    // A write that is under way needs its file.
    await writing.catch(() => {});
    await file.close();
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written);
    written += bytesWritten;
  }
}

/** Keeps the disk's faults apart from those of the source. */
async function onDisk<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw writeFault(undefined, error);
  }
}
