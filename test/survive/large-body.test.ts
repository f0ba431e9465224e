/** A body can be as long as its sender likes; the server holds only so much of it. */
import { once } from 'node:events';
import net from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { shortAnswer } from '../support/api-client.ts';
import { startCorral, type CorralServer } from '../support/corral-server.ts';
import { peakBytes } from '../support/process-facts.ts';

const bodyBytes = 200e6;

/** Less than the body, so it can't have been held, and room for what is read of it before it is refused. */
const toleratedBytes = 150e6;

describe('a body of 200 MB', () => {
  let server: CorralServer;
  beforeAll(async () => {
    server = await startCorral();
    return () => server.stop();
  });

  const framings = {
    'that is announced': { header: `Content-Length: ${bodyBytes}`, frame: (bytes: Buffer) => [bytes] },
    'that comes in chunks': {
      header: 'Transfer-Encoding: chunked',
      frame: (bytes: Buffer) => [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')],
    },
  };

  test.each(Object.entries(framings))('%s is refused, and little of it is held', async (_, { header, frame }) => {
    await shortAnswer(server);
    const before = peakBytes(server.pid);
    const reply = await replyTo(server.port, header, frame);
    expect(reply).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(peakBytes(server.pid) - before).toBeLessThan(toleratedBytes);
    expect(server.hasEnded()).toBe(false);
    await shortAnswer(server);
  });
});

/** What comes back until the server has answered or closed; nothing more is sent then. */
async function replyTo(port: number, header: string, frame: (bytes: Buffer) => readonly Buffer[]): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  // A reset behind the reply is the server's right: it does not have to read on.
  socket.on('error', () => {});
  const answer = Promise.race([
    once(socket, 'data').then(([bytes]) => String(bytes)),
    once(socket, 'close').then(() => ''),
  ]);
  const sending = new AbortController();
  const sent = pipeline(Readable.from(request(header, frame)), socket, { signal: sending.signal, end: false });
  try {
    return await answer;
  } finally {
    sending.abort();
    await sent.catch(() => {});
    socket.destroy();
  }
}

function* request(header: string, frame: (bytes: Buffer) => readonly Buffer[]): Generator<Buffer> {
  yield Buffer.from(`POST /api/generate HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
  const start = Buffer.from('{"model":"smollm2:135m","prompt":"');
  yield* frame(start);
  const piece = Buffer.alloc(1 << 20, 'a');
  for (let left = bodyBytes - start.length; left > 0; left -= piece.length) yield* frame(piece.subarray(0, left));
}
