/**
 * The routes as an OpenAPI 3.1 document. Request bodies are described by the very schemas that check them, so the two can't differ; replies
 * are described by their kind alone.
 */
import { z } from 'zod';
import type { Route, RouteApi } from '../exchange.ts';

type Json = Readonly<Record<string, unknown>>;

const bodyTypes: Readonly<Record<NonNullable<RouteApi['replies']>[number], string | undefined>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  sse: 'text/event-stream',
  text: 'text/plain',
  bytes: 'application/octet-stream',
  empty: undefined,
};

export function openapiDocument(routes: readonly Route[], version: string): Json {
  const schemas: Record<string, unknown> = { OllamaError: ollamaError, OpenAIError: openaiError };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const { path, methods, api } = route;
    if (api === undefined) continue;
    const item = (paths[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {});
    for (const method of methods) item[method.toLowerCase()] = operation(route, api, method, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Corral',
      version,
      description: 'Language models on this machine, over the APIs of Ollama, OpenAI and Anthropic.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas },
  };
}

function operation(route: Route, api: RouteApi, method: string, schemas: Record<string, unknown>): Json {
  const id = operationId(method, route.path);
  const parameters = Array.from(route.path.matchAll(/:(\w+)/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const error = `#/components/schemas/${route.errors === undefined ? 'OllamaError' : 'OpenAIError'}`;
  return {
    operationId: id,
    summary: api.summary,
    ...(parameters.length > 0 && { parameters }),
    ...requestBody(api, id, schemas),
    responses: {
      200: { description: 'The answer', ...(method !== 'HEAD' && replyContent(api)) },
      ...(method !== 'HEAD' && {
        default: { description: 'An error', content: { 'application/json': { schema: { $ref: error } } } },
      }),
    },
  };
}

/** `POST /api/blobs/:digest` -> `postApiBlobsDigest` */
function operationId(method: string, path: string): string {
  const words = path.split(/\W+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function requestBody({ request }: RouteApi, id: string, schemas: Record<string, unknown>): Json {
  if (request === undefined) return {};
  if (request === 'bytes') return { requestBody: { required: true, content: { 'application/octet-stream': {} } } };
  if (request === 'upload')
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema: upload } } } };
  const name = `${id}Request`;
  schemas[name] = jsonSchema(request);
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
  return { requestBody: { required: true, content } };
}

/** Of what a client sends: fields with a default may be left out. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ jsonSchema: made }) {
      // What every whole number of JavaScript is bounded by says nothing about the field.
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
    },
  });
  return rest;
}

function replyContent({ replies = ['json'] }: RouteApi): Json {
  const types = replies.map((kind) => bodyTypes[kind]).filter((type) => type !== undefined);
  if (types.length === 0) return {};
  return { content: Object.fromEntries(types.map((type) => [type, {}])) };
}

const upload = {
  type: 'object',
  required: ['file', 'purpose'],
  properties: { file: { type: 'string', format: 'binary' }, purpose: { const: 'batch' } },
};

const ollamaError = { type: 'object', required: ['error'], properties: { error: { type: 'string' } } };

const openaiError = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: ['string', 'null'] },
      },
    },
  },
};
