/** What there is (/api/tags, /api/ps, /api/show), under which names (/api/copy, /api/delete). */
import { copyRequestSchema } from '../../api/ollama/copy-request.ts';
import { deleteRequestSchema } from '../../api/ollama/delete-request.ts';
import { showRequestSchema } from '../../api/ollama/show-request.ts';
import { copyModel } from '../../usecases/copy-model.ts';
import { deleteModel } from '../../usecases/delete-model.ts';
import { listModels } from '../../usecases/list-models.ts';
import { showModel } from '../../usecases/show-model.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { writeEmpty, writeJson } from '../write-reply.ts';
import { psReply, showReply, tagsReply } from './model-reply.ts';

export function modelRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/tags',
      methods: ['HEAD', 'GET'],
      api: { summary: 'The models in the store' },
      async handle({ response }) {
        writeJson(response, 200, tagsReply(await listModels(parts)));
      },
    },
    {
      path: '/api/ps',
      methods: ['GET'],
      api: { summary: 'The models in memory' },
      handle({ response }) {
        writeJson(response, 200, psReply(parts.pool.resident(), new Date()));
      },
    },
    {
      path: '/api/show',
      methods: ['POST'],
      api: { summary: 'Tell about a model', request: showRequestSchema },
      async handle({ request, response }) {
        const order = await readRequest(request, showRequestSchema);
        const shown = await showModel(order, parts);
        const wantsBaseName = request.headers['user-agent']?.startsWith('GitHubCopilotChat/') === true;
        const baseName = wantsBaseName ? order.model || order.name : undefined;
        writeJson(response, 200, showReply(shown, { verbose: order.verbose, baseName }));
      },
    },
    {
      path: '/api/copy',
      methods: ['POST'],
      api: { summary: 'Give a model another name', request: copyRequestSchema, replies: ['empty'] },
      async handle({ request, response }) {
        await copyModel(await readRequest(request, copyRequestSchema), parts);
        writeEmpty(response, 200);
      },
    },
    {
      path: '/api/delete',
      methods: ['DELETE'],
      api: { summary: 'Remove a model', request: deleteRequestSchema, replies: ['empty'] },
      async handle({ request, response }) {
        await deleteModel(await readRequest(request, deleteRequestSchema), parts);
        writeEmpty(response, 200);
      },
    },
  ];
}
