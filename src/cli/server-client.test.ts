import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createServerClient } from './server-client.ts';

const servers: net.Server[] = [];
const { signal } = new AbortController();

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Calls `serve` with every connection and its number. */
async function listen(serve: (socket: net.Socket, index: number) => void): Promise<number> {
  let index = 0;
  const server = net.createServer((socket) =>
    serve(
      socket.on('error', () => {}),
      index++,
    ),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"ok":true}';

describe('server client', () => {
  test('sends again when an idle connection is closed just as it is used', async () => {
    let answered = 0;
    const port = await listen((socket, index) =>
      socket.on('data', () => {
        answered += 1;
        // The first connection answers once; the next request finds it reset.
        if (index === 0 && answered > 1) socket.resetAndDestroy();
        else socket.write(ok);
      }),
    );
    const client = createServerClient({ host: { scheme: 'http', hostname: '127.0.0.1', port } });
    expect(await client.readJson('GET', '/', undefined, { signal })).toEqual({ ok: true });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await client.readJson('GET', '/', undefined, { signal })).toEqual({ ok: true });
    expect(answered).toBe(3);
  });

  test('a new connection that breaks is an error, not tried again', async () => {
    let connections = 0;
    const port = await listen((socket) => {
      connections += 1;
      socket.on('data', () => socket.resetAndDestroy());
    });
    const client = createServerClient({ host: { scheme: 'http', hostname: '127.0.0.1', port } });
    await expect(client.readJson('GET', '/', undefined, { signal })).rejects.toMatchObject({
      code: 'server_unreachable',
    });
    expect(connections).toBe(1);
  });

  test('a host that means every address is reached on this machine', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.end(ok)));
    const client = createServerClient({ host: { scheme: 'http', hostname: '0.0.0.0', port } });
    expect(await client.readJson('GET', '/', undefined, { signal })).toEqual({ ok: true });
  });

  test('a refused connection says what to do', async () => {
    const port = await listen(() => {});
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const client = createServerClient({ host: { scheme: 'http', hostname: '127.0.0.1', port } });
    await expect(client.readJson('GET', '/', undefined, { signal })).rejects.toMatchObject({
      code: 'server_unreachable',
      message: `could not connect to a server at 127.0.0.1:${port}`,
      hint: "Start one with 'corral serve'.",
    });
  });

  test('an error that is not JSON is shown as it is', async () => {
    const port = await listen((socket) =>
      socket.on('data', () => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 9\r\n\r\nno server')),
    );
    const client = createServerClient({ host: { scheme: 'http', hostname: '127.0.0.1', port } });
    await expect(client.readJson('GET', '/', undefined, { signal })).rejects.toMatchObject({
      message: 'no server',
      status: 502,
    });
  });
});

describe('sending a file', () => {
  async function* parts(count: number, sizeBytes: number): AsyncGenerator<Uint8Array> {
    for (let part = 0; part < count; part++) yield await Promise.resolve(Buffer.alloc(sizeBytes, part));
  }
  const clientOf = (port: number) => createServerClient({ host: { scheme: 'http', hostname: '127.0.0.1', port } });

  test('sends its bytes with their length', async () => {
    let got = '';
    const port = await listen((socket) =>
      socket.on('data', (bytes) => {
        got += bytes.toString('latin1');
        if (got.endsWith('\u0002\u0002')) socket.end('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n');
      }),
    );
    await clientOf(port).upload('/api/blobs/x', { bytes: parts(3, 2), sizeBytes: 6 }, { signal });
    expect(got).toMatch(/^POST \/api\/blobs\/x HTTP/);
    expect(got).toContain('content-length: 6');
  });

  test('a refusal in the middle ends it at once', async () => {
    const port = await listen((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 400 Bad\r\ncontent-length: 14\r\n\r\n{"error":"no"}')),
    );
    let sentParts = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        sentParts += 1;
        yield await Promise.resolve(Buffer.alloc(65536));
      }
    }
    const upload = clientOf(port).upload('/x', { bytes: endless(), sizeBytes: 2 ** 40 }, { signal });
    await expect(upload).rejects.toMatchObject({ message: 'no', status: 400 });
    const atEnd = sentParts;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sentParts).toBe(atEnd);
  });

  test.each([
    ['shorter', 2],
    ['longer', 4],
  ])('a file that has become %s is told', async (_name, count) => {
    const port = await listen((socket) => socket.on('data', () => {}));
    const upload = clientOf(port).upload('/x', { bytes: parts(count, 5), sizeBytes: 15 }, { signal });
    await expect(upload).rejects.toMatchObject({ message: 'the file has changed while it was sent' });
  });

  test('Ctrl+C ends it', async () => {
    const giveUp = new AbortController();
    const port = await listen((socket) => socket.once('data', () => giveUp.abort()));
    const upload = clientOf(port).upload(
      '/x',
      { bytes: parts(900, 65536), sizeBytes: 2 ** 40 },
      { signal: giveUp.signal },
    );
    await expect(upload).rejects.toMatchObject({ code: 'canceled' });
  });

  test('a connection that breaks is told', async () => {
    const port = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const upload = clientOf(port).upload('/x', { bytes: parts(1, 5), sizeBytes: 5 }, { signal });
    await expect(upload).rejects.toMatchObject({ code: 'server_unreachable' });
  });
});
