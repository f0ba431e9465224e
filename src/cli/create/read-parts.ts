import { createReadStream } from 'node:fs';

/** Large parts: a file is hashed and sent in them, and every part costs a turn of the event loop. */
const partBytes = 1024 * 1024;

/** The first `sizeBytes` of a file in parts. `onRead` hears how many have been read so far. */
export async function* readParts(
  file: string,
  sizeBytes: number,
  onRead: (readBytes: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (sizeBytes === 0) return;
  let readBytes = 0;
  const stream = createReadStream(file, { highWaterMark: partBytes, end: sizeBytes - 1, signal });
  for await (const part of stream as AsyncIterable<Uint8Array>) {
    yield part;
    readBytes += part.length;
    onRead(readBytes);
  }
}
