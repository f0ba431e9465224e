/** OpenAI's own client against the built server and the real starter models. */
import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError } from 'openai';
import { beforeAll, describe, expect, test } from 'vitest';
import { answered, post } from '../support/api-client.ts';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';

let server: CorralServer;
let openai: OpenAI;
beforeAll(async () => {
  server = await startCorral();
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  return () => server.stop();
});

const hello = [{ role: 'user', content: 'Say hello.' }] as const;
const greedy = { model: chatModel, messages: [...hello], temperature: 0, max_tokens: 12 };

async function streamed(changes: object = {}) {
  const stream = await openai.chat.completions.create({ ...greedy, ...changes, stream: true });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe('models', () => {
  test('are listed, and each can be looked up by its id', async () => {
    const { data } = await openai.models.list();
    expect(data.map(({ id }) => id).sort()).toEqual(['all-minilm:latest', chatModel]);
    const [first] = data;
    expect(await openai.models.retrieve(first?.id ?? '')).toEqual(first);
  });

  test('a name with slashes is one name', async () => {
    await post(server, '/api/copy', { source: chatModel, destination: 'someone/small:one' });
    for (const id of ['someone/small:one', `registry.ollama.ai/library/${chatModel}`]) {
      expect(await openai.models.retrieve(id)).toMatchObject({ id, object: 'model' });
    }
    expect((await openai.models.retrieve('someone/small:one')).owned_by).toBe('someone');
    await fetch(`${server.url}/api/delete`, { method: 'DELETE', body: '{"model":"someone/small:one"}' });
  });

  test('one that is not there', async () => {
    const missing = openai.models.retrieve('nope');
    await expect(missing).rejects.toBeInstanceOf(NotFoundError);
    await expect(missing).rejects.toMatchObject({ type: 'not_found_error', param: null });
  });
});

describe('chat', () => {
  test('an answer with its usage', async () => {
    const reply = await openai.chat.completions.create(greedy);
    expect(reply).toMatchObject({
      object: 'chat.completion',
      model: chatModel,
      choices: [{ index: 0, message: { role: 'assistant', refusal: null }, logprobs: null, finish_reason: 'length' }],
      usage: { completion_tokens: 12 },
    });
    expect(reply.choices[0]?.message.content).not.toBe('');
    const { prompt_tokens = 0, total_tokens } = reply.usage ?? {};
    expect(total_tokens).toBe(prompt_tokens + 12);
  });

  test('the same prompt again is told to be cached', async () => {
    const { usage } = await openai.chat.completions.create(greedy);
    expect(usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(0);
    expect(usage?.prompt_tokens_details?.cached_tokens).toBeLessThan(usage?.prompt_tokens ?? 0);
  });

  test('a stream says the same, piece by piece, and its usage at the end', async () => {
    const whole = await openai.chat.completions.create(greedy);
    const chunks = await streamed({ stream_options: { include_usage: true } });
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(chunks.length).toBeGreaterThan(8);
    expect(chunks.at(-2)?.choices[0]).toEqual({ index: 0, delta: {}, finish_reason: 'length' });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 12 } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("the client's own helper puts a stream together", async () => {
    const stream = openai.chat.completions.stream({ ...greedy, n: 2, logprobs: true });
    const final = await stream.finalChatCompletion();
    expect(final.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(final.choices[0]?.logprobs?.content?.length).toBe(12);
  });

  test('several answers differ by their seeds, and can be had again', async () => {
    const order = { ...greedy, temperature: 1.5, seed: 3, n: 4, max_completion_tokens: 8 };
    const once = await openai.chat.completions.create(order);
    const texts = once.choices.map(({ message }) => message.content);
    expect(new Set(texts).size).toBeGreaterThan(1);
    expect(once.usage?.completion_tokens).toBeLessThanOrEqual(4 * 8);
    const again = await openai.chat.completions.create(order);
    expect(again.choices.map(({ message }) => message.content)).toEqual(texts);
    const second = await openai.chat.completions.create({ ...order, n: 1, seed: 4 });
    expect(second.choices[0]?.message.content).toBe(texts[1]);
  });

  test('log probabilities of each token, the likeliest beside it', async () => {
    const { choices } = await openai.chat.completions.create({ ...greedy, logprobs: true, top_logprobs: 2 });
    const tokens = choices[0]?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join('')).toBe(choices[0]?.message.content);
    for (const { token, logprob, top_logprobs: top } of tokens) {
      expect(top).toHaveLength(2);
      // Greedy: what was drawn is what was likeliest.
      expect(top[0]).toMatchObject({ token, logprob });
    }
    const pieces = (await streamed({ logprobs: true })).flatMap((chunk) => chunk.choices[0]?.logprobs?.content ?? []);
    expect(pieces.map(({ token }) => token)).toEqual(tokens.map(({ token }) => token));
  });

  test('a stop text ends the answer and is not in it', async () => {
    const [choice] = (await openai.chat.completions.create({ ...greedy, stop: ['zzz', 'glad'] })).choices;
    expect(choice?.finish_reason).toBe('stop');
    expect(choice?.message.content).not.toContain('glad');
  });

  test('an answer that follows a schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string', maxLength: 20 }, age: { type: 'integer', minimum: 0, maximum: 99 } },
      required: ['name', 'age'],
      additionalProperties: false,
    };
    const { choices } = await openai.chat.completions.create({
      ...greedy,
      messages: [
        { role: 'developer', content: 'Answer in JSON.' },
        { role: 'user', content: 'Anna is 31' },
      ],
      max_tokens: 80,
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema } },
    });
    const value = JSON.parse(choices[0]?.message.content ?? '') as object;
    expect(Object.keys(value).sort()).toEqual(['age', 'name']);
  });

  test('an aborted stream ends, and the next request is answered', async () => {
    const stream = await openai.chat.completions.create({ ...greedy, max_tokens: 2000, stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 3) stream.controller.abort();
    // Quick tokens travel together, so a few more may have come with the third.
    expect(seen).toBeLessThan(50);
    const leaving = new AbortController();
    const whole = openai.chat.completions.create({ ...greedy, max_tokens: 2000, n: 3 }, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 200);
    await expect(whole).rejects.toBeInstanceOf(APIUserAbortError);
    expect((await openai.chat.completions.create(greedy)).choices).toHaveLength(1);
  });
});

describe('errors of a chat', () => {
  const chat = (changes: object) => openai.chat.completions.create({ ...greedy, ...changes });

  test('an unknown model', async () => {
    await expect(chat({ model: 'nope' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(chat({ model: 'nope' })).rejects.toMatchObject({ type: 'not_found_error' });
  });

  const image = { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } };
  const schema = (value: object) => ({ type: 'json_schema', json_schema: { name: 's', schema: value } });
  const cases: [name: string, changes: object, param: string | null, words: string][] = [
    ['no messages', { messages: [] }, null, "[] is too short - 'messages'"],
    ['a wrong type', { temperature: 'hot' }, 'temperature', 'expected a number'],
    [
      'a remote image',
      { messages: [{ role: 'user', content: [image] }] },
      'messages[0].content[0].image_url',
      'cat.png',
    ],
    ['a schema without end', { response_format: schema({ $ref: '#' }) }, 'response_format', 'invalid format'],
    ['a schema that is none', { response_format: schema({ type: 'strange' }) }, 'response_format', 'invalid format'],
    ['a field that is not honoured', { store: true }, 'store', 'answers are not stored'],
    ['an invalid tool', { tools: [{ type: 'function', function: { name: '' } }] }, 'tools[0].function.name', 'name'],
    ['tools for a model without them', { tools: [{ type: 'function', function: { name: 'f' } }] }, null, 'tools'],
  ];
  test.each(cases)('%s', async (_, changes, param, words) => {
    const refusal = chat(changes);
    await expect(refusal).rejects.toBeInstanceOf(BadRequestError);
    await expect(refusal).rejects.toMatchObject({ status: 400, type: 'invalid_request_error', param });
    await expect(refusal).rejects.toThrow(words);
  });

  const send = async (body: string) => {
    const reply = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body });
    const { error } = (await reply.json()) as { error: { type: string; message: string } };
    return { status: reply.status, type: error.type, message: error.message };
  };
  test('bodies that are no request', async () => {
    const type = 'invalid_request_error';
    expect(await send('{')).toEqual({ status: 400, type, message: 'unexpected EOF' });
    expect(await send('')).toMatchObject({ status: 400, type });
    expect(await send('[]')).toMatchObject({ status: 400, type });
    expect(await send('['.repeat(500_000) + ']'.repeat(500_000))).toMatchObject({ status: 400, type });
    expect(await send(' '.repeat(65 * 1024 * 1024))).toMatchObject({ status: 413, type });
  });
});

describe('completions', () => {
  const order = { model: chatModel, prompt: 'Once upon', temperature: 0, max_tokens: 8 };

  test('one text, whole and streamed', async () => {
    const whole = await openai.completions.create(order);
    expect(whole).toMatchObject({
      object: 'text_completion',
      choices: [{ index: 0, finish_reason: 'length', logprobs: null }],
      usage: { completion_tokens: 8 },
    });
    const pieces = [];
    const stream = await openai.completions.create({ ...order, stream: true, stream_options: { include_usage: true } });
    for await (const chunk of stream) pieces.push(chunk);
    expect(pieces.map((chunk) => chunk.choices[0]?.text ?? '').join('')).toBe(whole.choices[0]?.text);
    expect(pieces.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 8 } });
  });

  test('several prompts with several answers each, echoed', async () => {
    const { choices } = await openai.completions.create({ ...order, prompt: ['One', 'Two'], n: 2, echo: true });
    expect(choices.map(({ index, text }) => [index, text.slice(0, 3)])).toEqual([
      [0, 'One'],
      [1, 'One'],
      [2, 'Two'],
      [3, 'Two'],
    ]);
  });

  test('the tokens of a prompt are as good as its text', async () => {
    const context = (await answered(server, '/api/generate', {
      model: chatModel,
      prompt: 'Once upon',
      template: '{{ .Prompt }}',
      stream: false,
      options: { num_predict: 1, temperature: 0 },
    })) as { readonly context?: number[] };
    const tokens = (context.context ?? []).slice(0, -1);
    expect(tokens.length).toBeGreaterThan(0);
    const [ofTokens, ofText] = await Promise.all([
      openai.completions.create({ ...order, prompt: tokens, echo: true }),
      openai.completions.create({ ...order, echo: true }),
    ]);
    expect(ofTokens.choices[0]?.text).toBe(ofText.choices[0]?.text);
    await expect(openai.completions.create({ ...order, prompt: [99_999_999] })).rejects.toMatchObject({
      status: 400,
      param: 'prompt',
    });
  });

  test('log probabilities, with the place of each token', async () => {
    const { choices } = await openai.completions.create({ ...order, logprobs: 2 });
    const { tokens = [], token_logprobs, top_logprobs, text_offset = [] } = choices[0]?.logprobs ?? {};
    expect(tokens).toHaveLength(8);
    expect(token_logprobs).toHaveLength(8);
    expect(Object.keys(top_logprobs?.[0] ?? {})).toHaveLength(2);
    for (const [index, token] of tokens.entries()) {
      expect(choices[0]?.text.startsWith(token, text_offset[index])).toBe(true);
    }
  });

  test('the best of several answers', async () => {
    const drawn = { ...order, temperature: 1.5, seed: 1 };
    const best = await openai.completions.create({ ...drawn, best_of: 3, n: 1 });
    const all = await openai.completions.create({ ...drawn, n: 3 });
    expect(best.choices).toHaveLength(1);
    expect(all.choices.map(({ text }) => text)).toContain(best.choices[0]?.text);
    expect(best.usage?.completion_tokens).toBe(all.usage?.completion_tokens);
  });

  test('what can not be is refused by name', async () => {
    const refusals: [param: string, changes: object][] = [
      ['prompt', { prompt: null }],
      ['prompt', { prompt: [] }],
      ['prompt', { prompt: 5 }],
      ['best_of', { best_of: 1, n: 2 }],
      ['best_of', { best_of: 2, stream: true }],
      ['echo', { echo: true, logprobs: 1 }],
    ];
    for (const [param, changes] of refusals) {
      await expect(openai.completions.create({ ...order, ...changes })).rejects.toMatchObject({ status: 400, param });
    }
    await expect(openai.completions.create({ ...order, suffix: 'end' })).rejects.toThrow('does not support insert');
  });
});

describe('embeddings', () => {
  const order = { model: embeddingModel, input: 'hello world' };
  const vectorOf = async (changes: object) => {
    const { data } = await openai.embeddings.create({ ...order, ...changes });
    return data[0]?.embedding ?? [];
  };

  test('base64, which the client asks for by itself, is the same as numbers', async () => {
    const decoded = await vectorOf({});
    const numbers = await vectorOf({ encoding_format: 'float' });
    expect(decoded).toHaveLength(384);
    expect(Array.from(Float32Array.from(numbers))).toEqual(Array.from(decoded));
  });

  test('a batch keeps its order and tells its usage', async () => {
    const { data, usage } = await openai.embeddings.create({ ...order, input: ['a', 'hello world', ''] });
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(usage.prompt_tokens).toBe(usage.total_tokens);
    expect(usage.prompt_tokens).toBeGreaterThan(6);
  });

  test('the tokens of a text are as good as the text', async () => {
    // all-minilm's vocabulary is that of BERT: "hello world".
    const ofTokens = Array.from(await vectorOf({ input: [7592, 2088] }));
    expect(ofTokens).toEqual(Array.from(await vectorOf({})));
    expect(Array.from(await vectorOf({ input: [[7592, 2088]] }))).toEqual(ofTokens);
  });

  test('fewer dimensions are of unit length', async () => {
    const vector = await vectorOf({ dimensions: 16 });
    expect(vector).toHaveLength(16);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  test('what can not be embedded', async () => {
    const refusals: [param: string | null, changes: object][] = [
      [null, { input: null }],
      [null, { input: [] }],
      ['input', { input: 5 }],
      ['input', { input: [99_999_999] }],
      ['dimensions', { dimensions: 1000 }],
      ['encoding_format', { encoding_format: 'hex' }],
    ];
    for (const [param, changes] of refusals) {
      const refusal = openai.embeddings.create({ ...order, ...changes });
      await expect(refusal).rejects.toMatchObject({ status: 400, type: 'invalid_request_error', param });
    }
    await expect(openai.embeddings.create({ ...order, model: 'nope' })).rejects.toBeInstanceOf(NotFoundError);
  });
});
