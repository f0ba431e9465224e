/** Anthropic's own SDK against the built server with the starter model. */
import Anthropic, { APIUserAbortError, BadRequestError, InternalServerError, NotFoundError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { until } from '../support/until.ts';

type Params = Anthropic.MessageCreateParamsNonStreaming;

let server: CorralServer;
let client: Anthropic;
beforeAll(async () => {
  server = await startCorral();
  client = new Anthropic({ baseURL: server.url, apiKey: 'unused', maxRetries: 0 });
});
afterAll(() => server.stop());

const hello: Params = { model: chatModel, max_tokens: 12, messages: [{ role: 'user', content: 'Say hello.' }] };
// The SDK's newest types know no temperature any more; older clients send it.
const greedy = { temperature: 0 };
const ask = (changes: object = {}) => client.messages.create({ ...hello, ...greedy, ...changes } as Params);
const textOf = (message: Anthropic.Message) =>
  message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
const allInput = ({ usage }: Anthropic.Message) => usage.input_tokens + (usage.cache_read_input_tokens ?? 0);

describe('a message', () => {
  it('comes whole, with what it used', async () => {
    const message = await ask();
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: chatModel,
      content: [{ type: 'text', text: expect.stringMatching(/\w/) }],
      stop_reason: 'max_tokens',
      stop_sequence: null,
      usage: { output_tokens: 12, cache_creation_input_tokens: 0 },
    });
    expect(message._request_id).toMatch(/^[\da-f-]{36}$/);
    expect(allInput(message)).toBe(12);
  });

  it('comes as a stream that adds up to the same', async () => {
    const whole = await ask();
    const stream = client.messages.stream({ ...hello, ...greedy });
    const types = new Set<string>();
    let first: Anthropic.MessageStreamEvent | undefined;
    for await (const event of stream) {
      // A copy: the SDK writes what comes later into the same object.
      first ??= structuredClone(event);
      types.add(event.type);
    }
    const streamed = await stream.finalMessage();
    expect([...types]).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const { content, stop_reason: reason } = streamed;
    expect({ content, reason }).toEqual({ content: whole.content, reason: whole.stop_reason });
    const counted = first?.type === 'message_start' ? first.message.usage : undefined;
    expect(counted).toEqual({ ...streamed.usage, output_tokens: 0 });
    expect(allInput(streamed)).toBe(12);
  });

  it('says what the prompt cache saved', async () => {
    const question = { messages: [{ role: 'user', content: 'Which colours has the flag of Estonia, and why?' }] };
    const first = await ask(question);
    const again = await ask(question);
    expect(again.usage.cache_read_input_tokens).toBeGreaterThan(first.usage.cache_read_input_tokens ?? 0);
    expect(allInput(again)).toBe(allInput(first));
  });

  it('follows a schema', async () => {
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
      additionalProperties: false,
    };
    const message = await ask({ max_tokens: 40, output_config: { format: { type: 'json_schema', schema } } });
    expect(JSON.parse(textOf(message))).toEqual({ ok: expect.any(Boolean) });
  });

  it('goes on where a begun answer ends', async () => {
    const begun = { role: 'assistant', content: 'The capital of France is' };
    const question = { role: 'user', content: 'What is the capital of France?' };
    expect(textOf(await ask({ messages: [question, begun] }))).toMatch(/^\s*Paris/);
  });

  it('is cut before a stop sequence', async () => {
    const words = textOf(await ask({ max_tokens: 24 })).split(' ');
    const stop = words[3] ?? '';
    const cut = await ask({ max_tokens: 24, stop_sequences: [stop] });
    expect(stop).not.toBe('');
    expect(textOf(cut)).not.toContain(stop);
    expect(cut).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: stop });
  });

  it('is broken off with its client, and the runner is free again', async () => {
    const stream = client.messages.stream({ ...hello, max_tokens: 5_000 });
    stream.on('text', () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
    expect(textOf(await ask())).toMatch(/\w/);
  });

  it('takes thinking blocks back, its own and others', async () => {
    const message = await ask({
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'a greeting', signature: 'whoever signed this' },
            { type: 'redacted_thinking', data: 'c2VjcmV0' },
            { type: 'text', text: 'Hello!' },
          ],
        },
        { role: 'user', content: 'Say hello.' },
      ],
    });
    expect(textOf(message)).toMatch(/\w/);
  });

  it('says what it could not heed', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
    const { response, data } = await client.messages
      .create({ ...hello, thinking, context_management: { edits: [] } } as Params)
      .withResponse();
    expect(response.headers.get('corral-ignored')).toBe('context_management, thinking');
    expect(data.content.map(({ type }) => type)).toEqual(['text']);
  });
});

describe('counting tokens', () => {
  it('gives what a message then uses', async () => {
    const asked = {
      system: [{ type: 'text' as const, text: 'Be brief.' }],
      messages: [
        { role: 'user' as const, content: 'One?' },
        { role: 'assistant' as const, content: 'Two.' },
        { role: 'user' as const, content: [{ type: 'text' as const, text: 'Three — 四?' }] },
      ],
    };
    const { input_tokens: counted } = await client.messages.countTokens({ model: chatModel, ...asked });
    expect(allInput(await ask(asked))).toBe(counted);
  });

  it('knows the models that are there', async () => {
    const counting = client.messages.countTokens({ model: 'nope', messages: hello.messages });
    await expect(counting).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe('an error', () => {
  it.each([
    ['a model that is not there', { model: 'nope' }, NotFoundError, 'not_found_error', "model 'nope' not found"],
    ['no max_tokens', { max_tokens: undefined }, BadRequestError, 'invalid_request_error', 'max_tokens is required'],
    ['no messages', { messages: [] }, BadRequestError, 'invalid_request_error', 'messages is required'],
    [
      'a tool that runs elsewhere',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      BadRequestError,
      'invalid_request_error',
      'tools[0].type',
    ],
    [
      'tools with a model that knows none',
      { tools: [{ name: 'look', input_schema: { type: 'object' } }] },
      BadRequestError,
      'invalid_request_error',
      'does not support tools',
    ],
    [
      'a schema that is none',
      { output_config: { format: { type: 'json_schema', schema: { type: 12 } } } },
      BadRequestError,
      'invalid_request_error',
      'invalid format',
    ],
  ])('for %s is the SDK’s own class', async (_, changes, kind, type, text) => {
    const error: unknown = await ask(changes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ type, requestID: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(String(error)).toContain(text);
  });

  it('names the request in header and body alike', async () => {
    const reply = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{}' });
    const body = (await reply.json()) as { request_id: string };
    expect(reply.headers.get('request-id')).toBe(body.request_id);
    expect(reply.headers.get('x-request-id')).toBe(body.request_id);
  });

  it('in the middle of a stream ends it', async () => {
    const stream = client.messages.stream({ ...hello, max_tokens: 5_000 });
    const killed = new Promise<void>((resolve) => {
      stream.once('text', () => {
        for (const pid of server.runners()) process.kill(pid, 'SIGKILL');
        resolve();
      });
    });
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'api_error' });
    await killed;
    await until('a new runner answers', async () => {
      try {
        return textOf(await ask()) !== '';
      } catch (thrown) {
        if (thrown instanceof InternalServerError) return false;
        throw thrown;
      }
    });
  });
});
