import Fastify from 'fastify';
import http from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, it } from 'vitest';
import { listen } from './listen.ts';

async function refusalBeside(other: Server): Promise<unknown> {
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const app = Fastify();
  try {
    await listen(app, { scheme: 'http', hostname: '127.0.0.1', port });
    return undefined;
  } catch (thrown) {
    return thrown;
  } finally {
    await app.close();
    other.close();
  }
}

const answering = (text: string) => http.createServer((_, response) => response.end(text));

it.each([
  ['an Ollama', () => answering('{"version":"0.30.1"}'), 'in use by Ollama'],
  ['an old Ollama', () => answering('Ollama is running'), 'in use by Ollama'],
  ['another Corral', () => answering('{"version":"0.30.0+corral.1.0.0"}'), 'in use by another Corral server'],
  ['another web server', () => answering('hello'), 'in use by another program'],
  [
    'something that closes every connection',
    () => createServer((socket) => socket.destroy()),
    'in use by another program',
  ],
])('names %s that has the port', async (_, make, text) => {
  expect(await refusalBeside(make())).toMatchObject({ code: 'port_in_use', message: expect.stringContaining(text) });
});

it('refuses an address that is not the machine’s', async () => {
  const app = Fastify();
  const listening = listen(app, { scheme: 'http', hostname: '203.0.113.1', port: 0 });
  await expect(listening).rejects.toMatchObject({ code: 'bad_setting' });
  await app.close();
});
