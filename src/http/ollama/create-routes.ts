/** POST /api/create. */
import { createRequestSchema } from '../../api/ollama/create-request.ts';
import { createModel } from '../../usecases/create/create-model.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { replyWithProgress } from './progress-reply.ts';

export function createRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/create',
      methods: ['POST'],
      api: { summary: 'Make a model', request: createRequestSchema, replies: ['json', 'ndjson'] },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, createRequestSchema);
        await replyWithProgress(response, createModel(order, parts, signal), order.stream);
      },
    },
  ];
}
