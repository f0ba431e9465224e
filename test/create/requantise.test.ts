/** Quantised weights quantised once more, with the built server and the real engine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { greedy, post, shortAnswer } from '../support/api-client.ts';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
});
afterAll(() => server.stop());

const create = (fields: Readonly<Record<string, unknown>>) =>
  post(server, '/api/create', { model: 'fast', from: chatModel, stream: false, ...fields });

async function quantisationOf(model: string): Promise<string> {
  const { text } = await post(server, '/api/show', { model });
  return (JSON.parse(text) as { details: { quantization_level: string } }).details.quantization_level;
}

test('is refused unless it is asked for', async () => {
  const { status, text } = await create({ quantize: 'Q8_0' });
  expect([status, text]).toEqual([500, '{"error":"quantization is only supported for F16, BF16 and F32 models"}']);
  expect((await create({ requantize: true })).text).toBe(
    '{"error":"\\"requantize\\" needs \\"quantize\\": the type to quantise to"}',
  );
});

test('makes a model of its own that answers like the first', async () => {
  expect(await quantisationOf(chatModel)).toBe('Q4_1');
  expect((await create({ quantize: 'q8_0', requantize: true })).text).toBe('{"status":"success"}');
  expect([await quantisationOf(chatModel), await quantisationOf('fast')]).toEqual(['Q4_1', 'Q8_0']);
  const question = greedy('The three primary colours are red, yellow and', 1);
  const [first, second] = [
    await shortAnswer(server, question),
    await shortAnswer(server, { ...question, model: 'fast' }),
  ];
  expect(second.response).toBe(first.response);
  expect(first.response).not.toBe('');
});
