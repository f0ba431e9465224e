/** What talks to registries: /api/pull and /api/push as in Ollama, /api/update and /api/registry/* of our own. */
import { loginRequestSchema, logoutRequestSchema } from '../../api/ollama/login-request.ts';
import { transferRequestSchema } from '../../api/ollama/transfer-request.ts';
import { updateRequestSchema } from '../../api/ollama/update-request.ts';
import { pullModel } from '../../usecases/pull-model.ts';
import { pushModel } from '../../usecases/push-model.ts';
import { logIn, logOut } from '../../usecases/registry-login.ts';
import { updateModels } from '../../usecases/update-models.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { requireLoopbackClient } from '../loopback-client.ts';
import { readRequest } from '../read-request.ts';
import { writeJson } from '../write-reply.ts';
import { replyWithProgress } from './progress-reply.ts';

export function registryRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/pull',
      methods: ['POST'],
      api: { summary: 'Fetch a model', request: transferRequestSchema, replies: ['json', 'ndjson'] },
      async handle({ request, response, signal }) {
        const { model, name, insecure, stream } = await readRequest(request, transferRequestSchema);
        await replyWithProgress(response, pullModel({ model: model || name, insecure }, parts, signal), stream);
      },
    },
    {
      path: '/api/push',
      methods: ['POST'],
      api: { summary: 'Send a model', request: transferRequestSchema, replies: ['json', 'ndjson'] },
      async handle({ request, response, signal }) {
        const { model, name, insecure, stream } = await readRequest(request, transferRequestSchema);
        await replyWithProgress(response, pushModel({ model: model || name, insecure }, parts, signal), stream);
      },
    },
    {
      path: '/api/update',
      methods: ['POST'],
      api: { summary: 'Fetch newer versions', request: updateRequestSchema, replies: ['json', 'ndjson'] },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, updateRequestSchema);
        await replyWithProgress(response, updateModels(order, parts, signal), order.stream);
      },
    },
    {
      path: '/api/registry/login',
      methods: ['POST'],
      api: { summary: 'Store a registry’s credentials', request: loginRequestSchema },
      async handle({ request, response, signal }) {
        requireLoopbackClient(request, 'login');
        await logIn(await readRequest(request, loginRequestSchema), parts, signal);
        writeJson(response, 200, { status: 'success' });
      },
    },
    {
      path: '/api/registry/logout',
      methods: ['POST'],
      api: { summary: 'Forget a registry’s credentials', request: logoutRequestSchema },
      async handle({ request, response }) {
        requireLoopbackClient(request, 'logout');
        await logOut(await readRequest(request, logoutRequestSchema), parts);
        writeJson(response, 200, { status: 'success' });
      },
    },
  ];
}
