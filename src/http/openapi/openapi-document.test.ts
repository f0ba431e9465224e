/** The document of the real server: valid, complete, and true of what the routes take. */
import { subscribe } from 'node:diagnostics_channel';
import { validate } from '@readme/openapi-parser';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { says } from '../../usecases/test-runner.ts';
import { send, startTestServer, type TestServer } from '../test-server.ts';

interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Body>>;
  readonly requestBody?: Body;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: Readonly<Record<string, object>> }>>;
  };
}

let server: TestServer;
let document: Document;
const registered: string[] = [];
beforeAll(async () => {
  // Fastify tells of every instance, so its own word is heard on what it routes.
  subscribe('fastify.initialization', (message) => {
    (message as { readonly fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) registered.push(`${one} ${url.replaceAll(/:\w+|\*/g, '…')}`);
    });
  });
  server = await startTestServer({ script: says(['Hi']) });
  document = JSON.parse((await send(server.port, '/openapi.json')).text) as Document;
});
afterAll(() => server.close());

describe('openapi.json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    expect(document.openapi).toBe('3.1.0');
    const result = await validate(structuredClone(document) as unknown as Parameters<typeof validate>[0]);
    expect(result).toMatchObject({ valid: true });
  });

  it('has every path once, with what stands for a part of it', () => {
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/',
        '/api/chat',
        '/api/blobs/{digest}',
        '/v1/rerank',
        '/v1/batches/{id}/cancel',
        '/openapi.json',
      ]),
    );
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(document.paths['/v1/files/{id}'] ?? {})).toEqual(['get', 'delete']);
  });

  it('has the routes of OpenAI’s and Anthropic’s APIs, each with the errors that its clients read', () => {
    const found = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { responses }]) => [
        `${method} ${path}`,
        responses['default']?.content?.['application/json']?.schema?.$ref?.split('/').at(-1),
      ]),
    );
    expect(Object.fromEntries(found)).toMatchObject({
      'post /v1/chat/completions': 'OpenAIError',
      'post /v1/completions': 'OpenAIError',
      'post /v1/embeddings': 'OpenAIError',
      'get /v1/models': 'OpenAIError',
      'get /v1/models/{model}': 'OpenAIError',
      'post /v1/responses': 'OpenAIError',
      'get /v1/responses/{id}': 'OpenAIError',
      'delete /v1/responses/{id}': 'OpenAIError',
      'get /v1/responses/{id}/input_items': 'OpenAIError',
      'post /v1/responses/{id}/cancel': 'OpenAIError',
      'post /v1/messages': 'AnthropicError',
      'post /v1/messages/count_tokens': 'AnthropicError',
      'post /api/chat': 'OllamaError',
    });
    expect(Object.keys(document.paths['/v1/messages']?.['post']?.responses['200']?.content ?? {})).toEqual([
      'application/json',
      'text/event-stream',
    ]);
  });

  it('has every route that the server registers', () => {
    const told = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '…')}`),
    );
    expect(registered).toContain('GET /v1/models/…');
    expect(told.toSorted()).toEqual(registered.toSorted());
  });

  it('leads to routes that are there, and to all that are', async () => {
    for (const [path, item] of Object.entries(document.paths)) {
      const methods = Object.keys(item).map((method) => method.toUpperCase());
      const reply = await send(server.port, path.replaceAll(/\{\w+\}/g, 'x'), { method: 'PATCH' });
      expect([path, reply.status, reply.headers.allow?.split(', ').toSorted()]).toEqual([
        path,
        405,
        methods.toSorted(),
      ]);
    }
  });

  it('describes bodies by the schemas that check them', () => {
    const chat = document.components.schemas['postApiChatRequest']?.properties ?? {};
    expect(Object.keys(chat)).toEqual(expect.arrayContaining(['model', 'messages', 'tools', 'stream', 'options']));
    expect(chat['stream']).toEqual({ type: 'boolean', default: true });
    expect(chat['top_logprobs']).toEqual({ type: 'integer', default: 0 });
  });

  it('tells kinds of objects that a field names apart, texts in place of lists, and what is refused', () => {
    const messages = document.components.schemas['postV1MessagesRequest'];
    expect(messages).toMatchObject({ type: 'object', required: ['model', 'messages', 'max_tokens'] });
    const choices = messages?.properties?.['tool_choice'] as { readonly anyOf: readonly object[] };
    expect(choices.anyOf).toHaveLength(4);
    expect(choices.anyOf).toContainEqual({
      type: 'object',
      properties: {
        type: { const: 'tool' },
        name: { type: 'string', minLength: 1 },
        disable_parallel_tool_use: { type: 'boolean', default: false },
      },
      required: ['type', 'name'],
    });
    const system = messages?.properties?.['system'];
    expect(system).toMatchObject({ anyOf: [{ type: 'string' }, { type: 'array', items: { anyOf: [{}] } }] });
    expect(messages?.properties?.['container']).toEqual({ not: {}, description: 'there are no containers' });
    const response = document.components.schemas['postV1ResponsesRequest'];
    expect(response?.properties?.['input']).toMatchObject({ anyOf: [{ type: 'string' }, { type: 'array' }] });
    expect(response?.properties?.['background']).toMatchObject({ enum: [false] });
    // A tool of Anthropic's that names no kind is one of the client's own.
    const tools = messages?.properties?.['tools'];
    expect(tools).toMatchObject({ items: { anyOf: [{ required: ['name', 'input_schema'] }] } });
  });
});
