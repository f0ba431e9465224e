/** Nothing leaves the machine: whatever the server is doing, its processes have no socket that leads elsewhere. */
import { expect, test } from 'vitest';
import { answered, endless, lines, post, shortAnswer } from '../support/api-client.ts';
import { embeddingModel, startCorral } from '../support/corral-server.ts';
import { internetSockets } from '../support/process-facts.ts';
import { until } from '../support/until.ts';

test('neither the server nor a runner has a socket beyond loopback', async () => {
  const server = await startCorral();
  const seen = new Set<string>();
  const look = () => {
    for (const socket of internetSockets([server.pid, ...server.runners()])) seen.add(socket);
  };
  try {
    look();
    const first = shortAnswer(server);
    await until('a runner has started', () => (look(), server.runners()[0]));
    await first;
    const leaving = new AbortController();
    const stream = lines(server, endless('red blue', 2000), leaving.signal);
    for (let token = 0; token < 20; token++) {
      await stream.next();
      look();
    }
    await answered(server, '/api/embed', { model: embeddingModel, input: 'x' });
    await post(server, '/api/show', { model: 'no-such-model' });
    await post(server, '/api/generate', { model: 'no-such-model', prompt: 'x' });
    look();
    leaving.abort();

    // Its own listening socket proves that looking works.
    expect([...seen]).toContain(`tcp 127.0.0.1:${server.port} -> 0.0.0.0:0`);
    const isLoopback = (end: string | undefined) => end?.startsWith('127.') ?? false;
    const beyond = [...seen].filter((socket) => {
      const [, local, , remote] = socket.split(' ');
      return !(isLoopback(local) && (isLoopback(remote) || remote === '0.0.0.0:0'));
    });
    expect(beyond).toEqual([]);
  } finally {
    await server.stop();
  }
});
