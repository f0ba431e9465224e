/** A body that may be compressed, as some of OpenAI's clients send it (RFC 9110, section 8.4; zstd: RFC 8878). */
import type { IncomingMessage } from 'node:http';
import * as zlib from 'node:zlib';
import { CorralError } from '../core/corral-error.ts';
import { maxBodyBytes, readBody } from './read-body.ts';

type Decompress = (
  body: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, whole: Buffer) => void,
) => void;

// Node has it from 22.15 on.
const { zstdDecompress } = zlib as { readonly zstdDecompress?: Decompress };

/** Throws what `readBody` does, and `bad_request` with status 415 for an encoding that can't be undone. */
export async function readEncodedBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return readBody(request);
  if (encoding !== 'zstd') throw unsupported(`the content encoding ${JSON.stringify(encoding)} is not supported`);
  if (zstdDecompress === undefined) throw unsupported('zstd bodies need Node.js 22.15 or newer on the server');
  return decompressed(zstdDecompress, await readBody(request));
}

function decompressed(decompress: Decompress, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // A few KB of zeros would otherwise unpack to all of the memory.
    decompress(body, { maxOutputLength: maxBodyBytes }, (error, whole) => {
      if (error === null) resolve(whole);
      else reject(badCompression(error));
    });
  });
}

function badCompression(cause: Error): CorralError {
  if ('code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
    const megabytes = maxBodyBytes / 1024 / 1024;
    const message = `request body too large: at most ${megabytes} MB are accepted, unpacked`;
    return new CorralError('bad_request', message, { status: 413, cause });
  }
  return new CorralError('bad_request', 'the body is not valid zstd', { cause });
}

function unsupported(message: string): CorralError {
  return new CorralError('bad_request', message, { status: 415, hint: 'Send the body uncompressed.' });
}
