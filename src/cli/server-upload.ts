/**
 * Sends bytes as the body of a POST, with their length told before. A connection of its own: a kept one may be closed by the server just
 * then, and what has been read from a file for it would be lost.
 */
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { HostAddress } from '../config/settings.ts';
import { CorralError } from '../core/corral-error.ts';

export interface UploadBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number;
}

/**
 * Hands the server's reply, whatever its status, to `read`; afterwards the connection is closed, also when the server has answered before it
 * has taken everything. Throws `bad_request` when there are fewer or more bytes than `sizeBytes`.
 */
export async function uploadBody(
  target: HostAddress,
  path: string,
  { bytes, sizeBytes }: UploadBody,
  signal: AbortSignal,
  read: (reply: http.IncomingMessage) => Promise<void>,
): Promise<void> {
  const transport = target.scheme === 'https' ? await import('node:https') : http;
  const headers = { 'content-type': 'application/octet-stream', 'content-length': sizeBytes };
  const { hostname, port } = target;
  const request = transport.request({ agent: false, hostname, port, path, method: 'POST', headers, signal });
  const replied = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    // A request that a failing body has destroyed tells no error.
    request.once('close', () => reject(new Error('the connection was closed')));
  });
  const sent = pipeline(exactly(bytes, sizeBytes), request, { signal });
  try {
    // A server that refuses may answer long before all is sent.
    await Promise.race([replied, sent]);
    await read(await replied);
  } catch (thrown) {
    // A fault of the file comes out as a closed connection too, and may be told after it.
    request.destroy();
    await sent.catch((fault: unknown) => {
      if (fault instanceof CorralError) throw fault;
    });
    throw thrown;
  } finally {
    request.destroy();
    await Promise.allSettled([replied, sent]);
  }
}

async function* exactly(bytes: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let leftBytes = sizeBytes;
  for await (const part of bytes) {
    leftBytes -= part.length;
    if (leftBytes < 0) break;
    yield part;
  }
  if (leftBytes !== 0) {
    throw new CorralError('bad_request', 'the file has changed while it was sent', {
      hint: 'Try again once nothing writes to it.',
    });
  }
}
