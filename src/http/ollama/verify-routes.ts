/**
 * Corral's own POST /api/verify: `{model, repair, insecure, stream}`, all optional. Answers with progress lines `{status, total, completed}`
 * and a last one `{status: "success", checked: {models, blobs, bytes}, problems: [...]}`; see `StoreProblem`.
 */
import { verifyRequestSchema } from '../../api/ollama/verify-request.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import { verifyModels } from '../../usecases/verify/verify-models.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { replyWithProgress } from './progress-reply.ts';

export function verifyRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/verify',
      methods: ['POST'],
      api: { summary: 'Check the stored models', request: verifyRequestSchema, replies: ['json', 'ndjson'] },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, verifyRequestSchema);
        await replyWithProgress(response, verifyModels(order, parts, signal), order.stream);
      },
    },
  ];
}
