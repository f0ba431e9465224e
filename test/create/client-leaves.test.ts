/** A client that goes away while its model is quantised, with the built server. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNdjson } from '../../src/core/ndjson-reader.ts';
import { embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { until } from '../support/until.ts';

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
});
afterAll(() => server.stop());

test('ends the quantiser and leaves the store as it was', async () => {
  const blobs = () => readdirSync(path.join(server.modelsDir, 'blobs')).sort();
  const before = blobs();
  const leave = new AbortController();
  const reply = await fetch(`${server.url}/api/create`, {
    method: 'POST',
    body: JSON.stringify({ model: 'small', from: embeddingModel, quantize: 'Q5_K_M' }),
    signal: leave.signal,
  });
  if (reply.body === null) throw new Error('no body');
  for await (const line of readNdjson(reply.body)) {
    expect(line).toMatchObject({ status: 'quantizing F16 model to Q5_K_M', digest: '0000000000000000000' });
    break;
  }
  leave.abort();
  await until('the quantiser is gone', () => server.runners().length === 0);
  await until('its file is gone', () => blobs().join() === before.join());
  const { models } = (await (await fetch(`${server.url}/api/tags`)).json()) as { models: { name: string }[] };
  expect(models.map(({ name }) => name)).not.toContain('small:latest');
});
