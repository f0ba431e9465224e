/**
 * The program of a hash thread (hash-thread.ts): SHA-256 of a file as far as it is told that the file is good. It waits for the disk as it reads, since it
 * does nothing else.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { HashOrder, HashReport } from './hash-thread.ts';

const blockBytes = 1024 * 1024;

const hash = createHash('sha256');
const block = Buffer.allocUnsafe(blockBytes);
const file = openSync(workerData as string, 'r');
let hashedBytes = 0;

function hashUpTo(endBytes: number): void {
  while (hashedBytes < endBytes) {
    const readBytes = readSync(file, block, 0, Math.min(blockBytes, endBytes - hashedBytes), hashedBytes);
    if (readBytes === 0) return;
    hash.update(block.subarray(0, readBytes));
    hashedBytes += readBytes;
    report({ type: 'hashed', bytes: hashedBytes });
  }
}

function report(message: HashReport): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', ({ upToBytes, isLast }: HashOrder) => {
  hashUpTo(upToBytes);
  if (!isLast) return;
  closeSync(file);
  report({ type: 'done', digest: hash.digest('hex'), bytes: hashedBytes });
  parentPort?.close();
});
