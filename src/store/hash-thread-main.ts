/** The thread behind `threaded-hash.ts`: reads the file that it is given and hashes it as far as it is told. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { HashThreadData, HashThreadOrder } from './threaded-hash.ts';

const blockBytes = 1024 * 1024;

const { fd } = workerData as HashThreadData;
const hash = createHash('sha256');
const block = Buffer.allocUnsafe(blockBytes);
let hashedBytes = 0;

parentPort?.on('message', ({ upTo, ends }: HashThreadOrder) => {
  while (hashedBytes < upTo) {
    const length = readSync(fd, block, 0, Math.min(blockBytes, upTo - hashedBytes), hashedBytes);
    if (length === 0) throw new Error('the file is shorter than what was written');
    hash.update(block.subarray(0, length));
    hashedBytes += length;
  }
  if (ends) parentPort?.postMessage(hash.digest('hex'));
});
