import { createReadStream } from 'node:fs';
import { readFault } from './store-fault.ts';

/** Bytes `from` to before `to` of a blob's file, in large pieces. Throws `store_read`. */
export async function* readBlob(path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (from === to) return;
  try {
    yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: 256 * 1024 });
  } catch (error) {
    throw readFault('a blob', error);
  }
}
