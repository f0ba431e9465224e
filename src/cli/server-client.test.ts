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
