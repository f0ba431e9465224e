/** The document of the real server: valid, complete, and true of what the routes take. */
import { validate } from '@readme/openapi-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { says } from '../../usecases/test-runner.ts';
import { send, startTestServer, type TestServer } from '../test-server.ts';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>>;
  };
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
beforeAll(async () => {
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
});
