/**
 * Newline-delimited JSON out of a byte stream, whatever its chunk boundaries are. A chunk may end inside a line or inside
 * a UTF-8 character, so lines are cut on the bytes and decoded whole. The last line needs no newline: a single JSON reply
 * (Ollama answers some requests with one even when a stream was asked for) is read the same way.
 */
import { CorralError } from './corral-error.ts';

/**
 * A line longer than this is an attack or a fault, and would be held in memory until its end. The largest real line is a
 * final generate chunk whose `context` lists a million tokens: about 7 MB.
 */
export const maxLineBytes = 32 * 1024 * 1024;

const newline = 0x0a;

/** Yields each line's value; empty lines are skipped. Throws CorralError `internal` for a line that is too long or no JSON. */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      pending.push(chunk.subarray(start, end));
      refuseOverlong(pendingBytes + end - start);
      start = end + 1;
      const line = decodeLine(pending);
      pending = [];
      pendingBytes = 0;
      if (line !== '') yield parseLine(line);
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.length - start;
      refuseOverlong(pendingBytes);
    }
  }
  const line = decodeLine(pending);
  if (line !== '') yield parseLine(line);
}

function refuseOverlong(sizeBytes: number): void {
  if (sizeBytes > maxLineBytes)
    throw new CorralError('internal', `a line of the stream is longer than ${maxLineBytes} bytes`);
}

function decodeLine(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('utf8').trim();
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw new CorralError('internal', 'a line of the stream is not JSON', { cause });
  }
}
