/**
 * The routes as an OpenAPI 3.1 document. Request bodies are described by the very schemas that check them, so the two can't differ; replies
 * are described by their kind alone.
 */
import type { Route, RouteApi } from '../exchange.ts';
import { errorSchemaName, errorSchemas } from './error-schemas.ts';
import { requestSchema } from './request-schema.ts';

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
  const schemas: Record<string, unknown> = { ...errorSchemas };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = templated(route);
    const item = (paths[path] ??= {});
    for (const method of route.methods) item[method.toLowerCase()] = operation(route, path, method, schemas);
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

/** `/api/blobs/:digest` -> `/api/blobs/{digest}`, `/v1/models/*` -> `/v1/models/{model}` */
function templated({ path, api: { rest = 'rest' } }: Route): string {
  return path.replaceAll(/:(\w+)/g, '{$1}').replace('*', `{${rest}}`);
}

function operation(route: Route, path: string, method: string, schemas: Record<string, unknown>): Json {
  const { api } = route;
  const id = operationId(method, path);
  const parameters = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const error = `#/components/schemas/${errorSchemaName(route.errors)}`;
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

/** `POST /api/blobs/{digest}` -> `postApiBlobsDigest` */
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
  schemas[name] = requestSchema(request);
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
  return { requestBody: { required: true, content } };
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
