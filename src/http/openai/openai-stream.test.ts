/** OpenAI's own client before a scripted runner: what can't be made to happen with a real one. */
import OpenAI, { APIError } from 'openai';
import { afterEach, expect, test } from 'vitest';
import { CorralError } from '../../core/corral-error.ts';
import type { Script } from '../../usecases/test-runner.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function client(script: Script): Promise<OpenAI> {
  server = await startTestServer({ script });
  return new OpenAI({ baseURL: `http://127.0.0.1:${server.port}/v1`, apiKey: 'none', maxRetries: 0 });
}

const hello = { role: 'user', content: 'Hello' } as const;
const chat = { model: 'smollm2:135m', messages: [hello] };

test('an error in the middle of a stream reaches the client as an error', async () => {
  const openai = await client(async function* () {
    yield { type: 'text', text: 'Well' };
    throw new CorralError('runner_crashed', 'the model runner has died');
  });
  const texts: unknown[] = [];
  const read = async () => {
    for await (const chunk of await openai.chat.completions.create({ ...chat, stream: true })) {
      texts.push(chunk.choices[0]?.delta.content);
    }
  };
  await expect(read()).rejects.toThrow('the model runner has died');
  await expect(read()).rejects.toBeInstanceOf(APIError);
  expect(texts).toEqual(['Well', 'Well']);
});

test('an error before the first token has a status of its own, streamed or not', async () => {
  const openai = await client(async function* () {
    await Promise.resolve();
    yield* [];
    throw new CorralError('busy', 'server busy');
  });
  for (const stream of [false, true]) {
    await expect(openai.chat.completions.create({ ...chat, stream })).rejects.toMatchObject({
      status: 503,
      type: 'api_error',
    });
  }
});

test("a bias and a seed of its own reach each of the engine's generations", async () => {
  const openai = await client(async function* (request) {
    await Promise.resolve();
    yield { type: 'text', text: String(request.sampling.seed) };
    yield {
      type: 'done',
      id: 1,
      reason: 'stop',
      promptTokens: 1,
      cachedTokens: 0,
      promptNs: 1,
      generatedTokens: 1,
      generationNs: 1,
      tokens: [],
    };
  });
  const reply = await openai.chat.completions.create({ ...chat, n: 3, seed: 5, logit_bias: { '7': -100 } });
  expect(reply.choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, '5'],
    [1, '6'],
    [2, '7'],
  ]);
  expect(server?.runner.requests.map(({ logitBias }) => logitBias)).toEqual([[[7, -100]], [[7, -100]], [[7, -100]]]);
});
