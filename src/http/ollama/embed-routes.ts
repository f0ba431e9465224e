/** POST /api/embed and /api/embeddings. */
import { embedRequestSchema, legacyEmbeddingsRequestSchema } from '../../api/ollama/embed-request.ts';
import { embed } from '../../usecases/embed.ts';
import { legacyEmbeddings } from '../../usecases/legacy-embeddings.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { tellUsage } from '../usage-header.ts';
import { writeJson } from '../write-reply.ts';
import { embedReply } from './embed-reply.ts';

export function embedRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/embed',
      methods: ['POST'],
      api: { summary: 'Turn texts into vectors', request: embedRequestSchema },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, embedRequestSchema);
        const embedded = await embed(order, parts, signal);
        tellUsage(response, { prompt: embedded.counts?.promptTokens ?? 0 });
        writeJson(response, 200, embedReply(order.model, embedded));
      },
    },
    {
      path: '/api/embeddings',
      methods: ['POST'],
      api: { summary: 'Turn a text into a vector (deprecated)', request: legacyEmbeddingsRequestSchema },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, legacyEmbeddingsRequestSchema);
        writeJson(response, 200, { embedding: Array.from(await legacyEmbeddings(order, parts, signal)) });
      },
    },
  ];
}
