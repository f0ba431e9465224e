/** /v1/responses as its users meet it: OpenAI's own client, the built server, the real model. */
import * as zlib from 'node:zlib';
import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';

let server: CorralServer;
let client: OpenAI;

beforeAll(async () => {
  server = await startCorral({ OLLAMA_CONTEXT_LENGTH: '1024' });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.stop());

const greedy = { model: chatModel, temperature: 0, max_output_tokens: 200 } as const;
const question = 'What is the capital of France?';

async function collect(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
const refusal = (request: PromiseLike<unknown>): Promise<APIError> =>
  Promise.resolve(request).then(
    () => expect.fail('it was answered'),
    (error: unknown) => error as APIError,
  );

describe('create', () => {
  test('a whole response', async () => {
    const made = await client.responses.create({ ...greedy, input: question, metadata: { note: 'x' }, user: 'u' });
    expect(made.output_text).toContain('Paris');
    expect(made).toMatchObject({
      object: 'response',
      status: 'completed',
      model: chatModel,
      error: null,
      incomplete_details: null,
      metadata: { note: 'x' },
      user: 'u',
      store: true,
      output: [{ type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text' }] }],
    });
    expect(made.completed_at).toBeGreaterThanOrEqual(made.created_at);
    const { usage } = made;
    expect(usage?.input_tokens).toBeGreaterThan(10);
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
  });

  test('an answer that its limit cuts off is an incomplete item and has exactly that many tokens', async () => {
    const made = await client.responses.create({ ...greedy, input: question, max_output_tokens: 3 });
    expect(made).toMatchObject({
      status: 'completed',
      output: [{ type: 'message', status: 'incomplete' }],
      usage: { output_tokens: 3 },
    });
  });

  test('instructions and a developer are heard', async () => {
    const plain = await client.responses.create({ ...greedy, input: question });
    const told = await client.responses.create({
      ...greedy,
      instructions: 'Answer in Spanish.',
      input: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'input_text', text: question }] },
      ],
    });
    expect(told.usage?.input_tokens).not.toBe(plain.usage?.input_tokens);
    expect(told.output_text).not.toBe(plain.output_text);
  });

  test('a JSON schema is kept to', async () => {
    const made = await client.responses.create({
      ...greedy,
      input: 'Tell me about Paris.',
      text: {
        format: {
          type: 'json_schema',
          name: 'city',
          strict: true,
          schema: {
            type: 'object',
            properties: { city: { type: 'string', maxLength: 20 }, large: { type: 'boolean' } },
            required: ['city', 'large'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(JSON.parse(made.output_text)).toEqual({ city: expect.any(String), large: expect.any(Boolean) });
  });

  test('log probabilities of every token, as asked for', async () => {
    const made = await client.responses.create({
      ...greedy,
      input: question,
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
    });
    const [item] = made.output;
    const part = item?.type === 'message' ? item.content[0] : undefined;
    const logprobs = part?.type === 'output_text' ? (part.logprobs ?? []) : [];
    expect(logprobs.map(({ token }) => token).join('')).toBe(made.output_text);
    expect(logprobs.every(({ top_logprobs: top }) => top.length === 2)).toBe(true);
  });
});

describe('stream', () => {
  test('the events are numbered, in order, and their deltas are the text', async () => {
    const whole = await client.responses.create({ ...greedy, input: question });
    const events = await collect(await client.responses.create({ ...greedy, input: question, stream: true }));
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    expect([...new Set(events.map(({ type }) => type))]).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    expect(text).toBe(whole.output_text);
  });

  test("the client's own accumulator ends with the response that is kept", async () => {
    const stream = client.responses.stream({ ...greedy, input: question });
    const final = await stream.finalResponse();
    const kept = await client.responses.retrieve(final.id);
    expect(final.output_text).toBe(kept.output_text);
    expect(final.status).toBe('completed');
    expect(kept.usage).toEqual(final.usage);
  });

  test('an error before the first event has its status', async () => {
    const error = await refusal(client.responses.create({ model: 'nobody', input: 'hi', stream: true }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, type: 'not_found_error', param: 'model' });
  });

  test("when the model's process dies the client throws, after a failed response", async () => {
    const events: ResponseStreamEvent[] = [];
    const error = await refusal(
      (async () => {
        const asked = { model: chatModel, input: 'Count to ten thousand.', temperature: 0, max_output_tokens: 3000 };
        for await (const event of await client.responses.create({ ...asked, stream: true })) {
          events.push(event);
          if (events.length === 8) for (const pid of server.runners()) process.kill(pid, 'SIGKILL');
        }
      })(),
    );
    expect(error).toBeInstanceOf(APIError);
    expect(error.message).not.toBe('');
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error' }, output: [{ status: 'incomplete' }] },
    });
  });
});

describe('responses that are kept', () => {
  test('a response that builds on another sees its turn, and its prompt is found in the cache', async () => {
    const next = 'And what did I ask you before that?';
    const first = await client.responses.create({ ...greedy, input: question });
    const chained = await client.responses.create({ ...greedy, input: next, previous_response_id: first.id });
    const spelledOut = await client.responses.create({
      ...greedy,
      input: [
        { role: 'user', content: question },
        ...(first.output as OpenAI.Responses.ResponseInputItem[]),
        { role: 'user', content: next },
      ],
    });
    expect(chained.previous_response_id).toBe(first.id);
    expect(chained.usage?.input_tokens).toBe(spelledOut.usage?.input_tokens);
    expect(chained.output_text).toBe(spelledOut.output_text);
    expect(chained.usage?.input_tokens).toBeGreaterThan((first.usage?.total_tokens ?? 0) + 5);
    expect(chained.usage?.input_tokens_details.cached_tokens).toBeGreaterThan(first.usage?.input_tokens ?? 0);
    const third = await client.responses.create({ ...greedy, input: next, previous_response_id: chained.id });
    expect(third.usage?.input_tokens).toBeGreaterThan(chained.usage?.total_tokens ?? 0);
  });

  test('an item can be referred to by its id', async () => {
    const first = await client.responses.create({ ...greedy, input: question });
    const [item] = first.output;
    const asked = (answer: OpenAI.Responses.ResponseInputItem) =>
      client.responses.create({
        ...greedy,
        input: [{ role: 'user', content: question }, answer, { role: 'user', content: 'Thanks!' }],
      });
    const referred = await asked({ type: 'item_reference', id: item?.id ?? '' });
    const spelledOut = await asked(item as OpenAI.Responses.ResponseInputItem);
    expect(referred.usage?.input_tokens).toBe(spelledOut.usage?.input_tokens);
  });

  test('its input is listed in pages', async () => {
    const input = ['a', 'b', 'c'].map((content) => ({ role: 'user', content }) as const);
    const { id } = await client.responses.create({ ...greedy, max_output_tokens: 1, input });
    const texts: string[] = [];
    for await (const item of client.responses.inputItems.list(id, { order: 'asc', limit: 2 })) {
      const part = item.type === 'message' ? item.content[0] : undefined;
      texts.push(part?.type === 'input_text' ? part.text : '?');
    }
    expect(texts).toEqual(['a', 'b', 'c']);
    const newest = await client.responses.inputItems.list(id, { limit: 1 });
    expect(newest.data).toMatchObject([{ role: 'user', content: [{ text: 'c' }] }]);
    expect(newest.has_more).toBe(true);
  });

  test('what is deleted is gone', async () => {
    const { id } = await client.responses.create({ ...greedy, input: 'hi', max_output_tokens: 1 });
    await client.responses.delete(id);
    expect(await refusal(client.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
    expect(await refusal(client.responses.delete(id))).toBeInstanceOf(NotFoundError);
    expect(await refusal(client.responses.inputItems.list(id))).toBeInstanceOf(NotFoundError);
  });

  test('with store false nothing is kept', async () => {
    const made = await client.responses.create({ ...greedy, input: 'hi', max_output_tokens: 1, store: false });
    expect(made).toMatchObject({ store: false });
    expect(await refusal(client.responses.retrieve(made.id))).toBeInstanceOf(NotFoundError);
    const error = await refusal(client.responses.create({ ...greedy, input: 'hi', previous_response_id: made.id }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param: 'previous_response_id', type: 'invalid_request_error' });
  });

  test('a finished response can not be cancelled, one that is not there is not found', async () => {
    const { id } = await client.responses.create({ ...greedy, input: 'hi', max_output_tokens: 1 });
    expect(await refusal(client.responses.cancel(id))).toBeInstanceOf(BadRequestError);
    expect(await refusal(client.responses.cancel('resp_none'))).toBeInstanceOf(NotFoundError);
  });
});

describe('errors are typed', () => {
  test.each([
    ['no model', { model: '' }, 400, null],
    ['an embedding model', { model: embeddingModel }, 400, null],
    ['a hosted tool', { tools: [{ type: 'web_search' }] }, 400, 'tools[0].type'],
    ['a response in the background', { background: true }, 400, 'background'],
    ['a schema that can not be kept to', { text: { format: unkeepable() } }, 400, 'text.format'],
    ['more input than the context holds', { input: 'word '.repeat(1500) }, 400, 'input'],
  ])('%s', async (_, fields, status, param) => {
    const order = { ...greedy, input: 'hi', ...fields } as OpenAI.Responses.ResponseCreateParamsNonStreaming;
    expect(await refusal(client.responses.create(order))).toMatchObject({ status, param });
  });

  test('a prompt that is too long has the code that clients look for, and truncation helps', async () => {
    const input = 'word '.repeat(1500);
    expect(await refusal(client.responses.create({ ...greedy, input }))).toMatchObject({
      code: 'context_length_exceeded',
    });
    const made = await client.responses.create({ ...greedy, input, truncation: 'auto', max_output_tokens: 1 });
    expect(made.usage?.input_tokens).toBeLessThan(1024);
  });

  function unkeepable() {
    return { type: 'json_schema', name: 'n', schema: { type: 'object', not: { required: ['a'] } } };
  }
});

describe('compressed bodies', () => {
  const post = (body: Uint8Array<ArrayBuffer>, encoding: string) =>
    fetch(`${server.url}/v1/responses`, { method: 'POST', body, headers: { 'content-encoding': encoding } });
  const order = JSON.stringify({ ...greedy, input: 'hi', max_output_tokens: 1 });

  test('zstd is unpacked where Node can, and refused by its name where not', async () => {
    const { zstdCompressSync: pack } = zlib as { readonly zstdCompressSync?: (text: string) => Uint8Array };
    const reply = await post(new Uint8Array(pack?.(order) ?? Buffer.from('anything')), 'zstd');
    const refused = { error: { message: expect.stringContaining('zstd') as string, type: 'invalid_request_error' } };
    expect(reply.status).toBe(pack === undefined ? 415 : 200);
    expect(await reply.json()).toMatchObject(pack === undefined ? refused : { object: 'response' });
  });

  test('another encoding is refused by its name', async () => {
    const reply = await post(new Uint8Array(zlib.gzipSync(order)), 'gzip');
    expect(reply.status).toBe(415);
    expect(await reply.json()).toMatchObject({ error: { message: expect.stringContaining('gzip') } });
  });
});
