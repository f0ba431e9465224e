/** Corral's own: GET /api/prefixes tells the prompts that are kept computed on disk, DELETE /api/prefixes `{model}` removes them. */
import { prefixesRequestSchema } from '../../api/ollama/prefixes-request.ts';
import { keptPrefixes, removeKeptPrefixes, type KeptPrefixes } from '../../usecases/kept-prefixes.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { writeJson } from '../write-reply.ts';

export function prefixRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/prefixes',
      methods: ['GET'],
      api: { summary: 'List prompts that are kept computed on disk' },
      async handle({ response }) {
        writeJson(response, 200, prefixesReply(await keptPrefixes('', parts)));
      },
    },
    {
      path: '/api/prefixes',
      methods: ['DELETE'],
      api: { summary: 'Remove prompts that are kept computed on disk', request: prefixesRequestSchema },
      async handle({ request, response }) {
        const { model } = await readRequest(request, prefixesRequestSchema);
        writeJson(response, 200, prefixesReply(await removeKeptPrefixes(model, parts)));
      },
    },
  ];
}

function prefixesReply({ prefixes, bytes, mostBytes }: KeptPrefixes) {
  return {
    prefixes: prefixes.map((prefix) => ({
      models: prefix.models,
      digest: prefix.digest,
      tokens: prefix.tokens,
      size: prefix.bytes,
      encrypted: prefix.encrypted,
      used_at: prefix.usedAt.toISOString(),
    })),
    size: bytes,
    size_limit: mostBytes,
  };
}
