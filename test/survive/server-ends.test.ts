/** However the server ends, nothing of it stays behind: neither a runner nor its memory. */
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answered, endless, lines, post, shortAnswer } from '../support/api-client.ts';
import { embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { cpuMs, isRunning } from '../support/process-facts.ts';
import { until } from '../support/until.ts';

/** What a service manager may count on before it has to use force. */
const endMs = 5_000;

describe('the end of the server', () => {
  let server: CorralServer;
  let clientsEnd: Promise<unknown> = Promise.resolve();
  let watched: readonly number[] = [];
  beforeEach(async () => {
    server = await startCorral();
  });
  afterEach(async () => {
    await server.stop();
    for (const pid of watched.filter(isRunning)) process.kill(pid, 'SIGKILL');
  });

  function allGone(runners: readonly number[]): Promise<boolean> {
    watched = runners;
    return until('every runner has gone', () => !runners.some(isRunning));
  }

  /** Two models at work: one writes to a client and reads a long prompt for another, the other embeds. Returns the runners. */
  async function keepBusy(): Promise<number[]> {
    await answered(server, '/api/embed', { model: embeddingModel, input: 'x' });
    const stream = lines(server, endless('red blue', 3000));
    await stream.next();
    const runners = server.runners();
    expect(runners).toHaveLength(2);
    const input = Array.from({ length: 1000 }, (_, index) => `text ${index} `.repeat(60));
    const begunMs = runners.map(cpuMs);
    // How these end is up to the server; that they do is what every test waits for.
    clientsEnd = Promise.allSettled([
      drain(stream),
      post(server, '/api/embed', { model: embeddingModel, input }),
      post(server, '/api/generate', endless('cat dog', 3000)),
    ]);
    await until('both are computing', () => runners.every((pid, index) => cpuMs(pid) > (begunMs[index] ?? 0) + 50));
    return runners;
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('by %s takes the busiest runners with it within 5 s', async (signal) => {
    const runners = await keepBusy();
    const idle = net.connect(server.port, '127.0.0.1');
    idle.on('error', () => {});
    idle.write('POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
    server.kill(signal);
    const killedAt = Date.now();
    expect(await server.ended).toEqual({ code: 0, signal: null });
    await allGone(runners);
    expect(Date.now() - killedAt).toBeLessThan(endMs);
    await clientsEnd;
    idle.destroy();
  });

  test('by SIGTERM also ends a load', async () => {
    const asked = post(server, '/api/generate', endless('red blue', 3000)).catch(() => {});
    const runner = await until('a runner has started', () => server.runners()[0]);
    server.kill('SIGTERM');
    const killedAt = Date.now();
    expect(await server.ended).toEqual({ code: 0, signal: null });
    await allGone([runner]);
    expect(Date.now() - killedAt).toBeLessThan(endMs);
    await asked;
  });

  test('by SIGKILL leaves no busy runner behind', async () => {
    const runners = await keepBusy();
    server.kill('SIGKILL');
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await allGone(runners);
    await clientsEnd;
  });

  test('by SIGKILL leaves no idle runner and no half-loaded one behind', async () => {
    await shortAnswer(server);
    const [idle = -1] = server.runners();
    const asked = answered(server, '/api/embed', { model: embeddingModel, input: 'x' }).catch(() => {});
    const loading = await until('a runner has started', () => server.runners().find((pid) => pid !== idle));
    server.kill('SIGKILL');
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await allGone([idle, loading]);
    await asked;
  });
});

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
