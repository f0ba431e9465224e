/**
 * A connection's bytes are received into one piece of memory, round and round. Left alone, Node takes fresh memory for each 64 KiB: at a
 * gigabyte per second that is touched page by page and collected again, which costs more than everything else about receiving.
 *
 * What was received is overwritten when the ring comes round. Until then it lies in the socket's queue, in the body's queue or with
 * the body's reader. Each queue stops the one before it at 64 KiB, takes one read more, and the reader holds one read: 320 KiB, which is
 * why a body's bytes are good until its reader asks for the next ones, and no longer.
 */
import type { OnReadOpts, Socket } from 'node:net';

/** As much as Node reads at once. */
const readBytes = 64 * 1024;
const ringBytes = 16 * readBytes;

/** For one socket (`onread` of its options), which is a stream like any other with it. */
export function receiveRing(): OnReadOpts {
  const ring = Buffer.allocUnsafeSlow(ringBytes);
  let position = 0;
  return {
    // It is called for the first read and after each one.
    buffer() {
      if (ringBytes - position < readBytes) position = 0;
      return ring.subarray(position, position + readBytes);
    },
    // Node calls it on the socket. What push answers says whether to go on reading, as it does without a ring.
    callback(this: Socket, receivedBytes: number, memory: Uint8Array) {
      position += receivedBytes;
      return this.push(memory.subarray(0, receivedBytes));
    },
  };
}
