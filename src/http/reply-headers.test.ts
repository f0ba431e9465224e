/** The headers that every reply has, whatever answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { says } from '../usecases/test-runner.ts';
import { send, startTestServer, type SendOptions, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    script: says(['Hel', 'lo'], { cachedTokens: 3 }),
    environment: { OLLAMA_DEBUG: '1' },
  });
});
afterAll(() => server.close());

const chat = { model: 'smollm2:135m', messages: [{ role: 'user', content: 'Hi' }] };
const madeUp = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('X-Request-Id', () => {
  it.each<[string, string, SendOptions]>([
    ['an answer', '/api/version', {}],
    ['a stream', '/api/chat', { body: chat }],
    ['an error', '/api/chat', { body: { model: 'absent' } }],
    ['a path that leads nowhere', '/nothing', {}],
    ['a path that can’t be decoded', '/api/%zz', {}],
    ['a wrong method', '/api/tags', { method: 'PUT' }],
    ['a foreign origin', '/api/tags', { headers: { origin: 'https://evil.example' } }],
  ])('is on %s, made up or the client’s own', async (_, path, options) => {
    expect((await send(server.port, path, options)).headers['x-request-id']).toMatch(madeUp);
    const headers = { ...options.headers, 'x-request-id': 'req_7.a-B' };
    expect((await send(server.port, path, { ...options, headers })).headers['x-request-id']).toBe('req_7.a-B');
  });

  it.each([
    ['is too long', 'x'.repeat(129)],
    ['has markup', '<b>'],
    ['has a blank', 'a b'],
    ['is empty', ''],
  ])('of a client that %s is replaced', async (_, id) => {
    const reply = await send(server.port, '/api/version', { headers: { 'x-request-id': id } });
    expect(reply.headers['x-request-id']).toMatch(madeUp);
  });

  it('stands in the log beside what went wrong', async () => {
    await send(server.port, '/api/chat', { body: { model: 'absent' }, headers: { 'x-request-id': 'find-me' } });
    expect(server.logLines.some((line) => line.includes('id=find-me') && line.includes('refused'))).toBe(true);
  });

  it.each<[string, string, Record<string, string>]>([
    ['made up', '/v1/messages', {}],
    ['the client’s own', '/v1/messages', { 'x-request-id': 'mine' }],
    ['made up for a count', '/v1/messages/count_tokens', {}],
  ])('is the one that Anthropic’s clients find, %s', async (_, path, headers) => {
    const reply = await send(server.port, path, { body: { model: 'absent' }, headers });
    const id = reply.headers['x-request-id'];
    expect(reply.headers['request-id']).toBe(id);
    expect(JSON.parse(reply.text)).toMatchObject({ type: 'error', request_id: id });
    expect(server.logLines.some((line) => line.includes(`id=${String(id)}`) && line.includes('refused'))).toBe(true);
  });

  it('may be read by a page of an allowed origin', async () => {
    const { headers } = await send(server.port, '/api/version', { headers: { origin: 'http://localhost:3000' } });
    expect(headers['access-control-expose-headers']).toBe('X-Request-Id, Request-Id, Corral-Usage, Corral-Ignored');
  });
});

describe('Corral-Usage', () => {
  it.each<[string, string, object, string | undefined]>([
    ['a whole chat', '/api/chat', { ...chat, stream: false }, 'prompt=52, cached=3, completion=2'],
    [
      'a whole generation',
      '/api/generate',
      { model: 'smollm2:135m', prompt: 'Hi', raw: true, stream: false },
      'prompt=2, cached=3, completion=2',
    ],
    ['embeddings', '/api/embed', { model: 'all-minilm', input: ['ab', 'c'] }, 'prompt=3, cached=0, completion=0'],
    [
      'a ranking',
      '/v1/rerank',
      { model: 'all-minilm', query: 'ab', documents: ['c'] },
      'prompt=3, cached=0, completion=0',
    ],
    ['a chat completion', '/v1/chat/completions', chat, 'prompt=52, cached=3, completion=2'],
    [
      'several choices: the prompt counts once',
      '/v1/chat/completions',
      { ...chat, n: 2 },
      'prompt=52, cached=3, completion=4',
    ],
    ['a completion', '/v1/completions', { model: chat.model, prompt: 'Hi' }, 'prompt=52, cached=3, completion=2'],
    ['a response', '/v1/responses', { model: chat.model, input: 'Hi' }, 'prompt=52, cached=3, completion=2'],
    ['a message', '/v1/messages', { ...chat, max_tokens: 9 }, 'prompt=52, cached=3, completion=2'],
    [
      'embeddings of OpenAI’s API',
      '/v1/embeddings',
      { model: 'all-minilm', input: ['ab', 'c'] },
      'prompt=3, cached=0, completion=0',
    ],
    ['no stream: its last object tells', '/api/chat', chat, undefined],
    ['no stream of chunks', '/v1/chat/completions', { ...chat, stream: true }, undefined],
    ['no stream of a response', '/v1/responses', { model: chat.model, input: 'Hi', stream: true }, undefined],
    ['no stream of a message', '/v1/messages', { ...chat, max_tokens: 9, stream: true }, undefined],
    ['no prompt that is only rendered', '/v1/chat/completions', { ...chat, _debug_render_only: true }, undefined],
    ['no load', '/api/chat', { model: 'smollm2:135m' }, undefined],
  ])('is on %s', async (_, path, body, expected) => {
    const { status, headers } = await send(server.port, path, { body });
    expect([status, headers['corral-usage']]).toEqual([200, expected]);
  });
});
