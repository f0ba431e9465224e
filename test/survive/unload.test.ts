/** Unloading gives everything back: the memory of a model is that of its process. */
import { beforeAll, describe, expect, test } from 'vitest';
import { answered, greedy, loaded, shortAnswer } from '../support/api-client.ts';
import { embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { anonymousBytes } from '../support/process-facts.ts';
import { until } from '../support/until.ts';

/** What the server itself may have grown by: read headers, compiled code, buffers. A loaded model takes several times that. */
const toleratedBytes = 40e6;

describe('keep_alive 0', () => {
  let server: CorralServer;
  beforeAll(async () => {
    server = await startCorral();
    return () => server.stop();
  });

  const requests = {
    'of a chat model': () => shortAnswer(server, { keep_alive: 0 }),
    'of an embedding model': () => answered(server, '/api/embed', { model: embeddingModel, input: 'x', keep_alive: 0 }),
  };

  test.each(Object.entries(requests))('%s leaves no process and gives the memory back', async (_, request) => {
    const before = anonymousBytes(server.pid);
    await request();
    await until('the runner has gone', () => server.runners().length === 0);
    expect(await loaded(server)).toEqual([]);
    expect(anonymousBytes(server.pid) - before).toBeLessThan(toleratedBytes);
  });

  test('of a resident model ends its process, whose memory was worth giving back', async () => {
    const before = anonymousBytes(server.pid);
    await shortAnswer(server, { options: { num_predict: 8, num_ctx: 8192 } });
    expect(anonymousBytes(server.pid) - before).toBeGreaterThan(2 * toleratedBytes);
    await answered(server, '/api/generate', { ...greedy('', 0), keep_alive: 0 });
    await until('the runner has gone', () => server.runners().length === 0);
    expect(anonymousBytes(server.pid) - before).toBeLessThan(toleratedBytes);
  });

  test('does not keep memory however often a model comes and goes', async () => {
    const before = anonymousBytes(server.pid);
    for (let round = 0; round < 5; round++) {
      await shortAnswer(server, { keep_alive: 0 });
      await until('the runner has gone', () => server.runners().length === 0);
    }
    expect(anonymousBytes(server.pid) - before).toBeLessThan(toleratedBytes);
  });
});
