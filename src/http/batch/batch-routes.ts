/** /v1/batches: many requests in a file, answered when nobody else asks. */
import { batchRequestSchema } from '../../api/batch-request.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { FileStore } from '../../store/batch/file-store.ts';
import type { BatchRunner } from '../../usecases/batch/batch-runner.ts';
import type { Route } from '../exchange.ts';
import { openaiErrors as errors } from '../openai/openai-errors.ts';
import { queryOf } from '../query-of.ts';
import { readRequest } from '../read-request.ts';
import { writeJson } from '../write-reply.ts';
import { listPage } from './list-page.ts';

/** Routes whose whole answer depends on the body alone. */
const batchable: ReadonlySet<string> = new Set([
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/v1/rerank',
  '/api/chat',
  '/api/generate',
  '/api/embed',
]);

const mostListed = 100;

export interface BatchRouteParts {
  readonly runner: BatchRunner;
  readonly files: FileStore;
  /** Paths that are answered to POST. */
  readonly paths: () => readonly string[];
}

export function batchRoutes({ runner, files, paths }: BatchRouteParts): readonly Route[] {
  return [
    {
      path: '/v1/batches',
      methods: ['POST'],
      api: { summary: 'Answer a file of requests in idle time', request: batchRequestSchema },
      errors,
      async handle({ request, response }) {
        const { endpoint, input_file_id: inputFileId, metadata } = await readRequest(request, batchRequestSchema);
        const endpoints = paths().filter((path) => batchable.has(path));
        if (!endpoints.includes(endpoint)) {
          const expected = endpoints.join(', ');
          throw new CorralError('bad_request', `invalid value for "endpoint": expected one of ${expected}`, {
            param: 'endpoint',
          });
        }
        // Told at once, and not by a batch that fails.
        await files.find(inputFileId);
        writeJson(response, 200, await runner.create({ endpoint, inputFileId, metadata: metadata ?? null }));
      },
    },
    {
      path: '/v1/batches',
      methods: ['GET'],
      api: { summary: 'The batches' },
      errors,
      async handle({ request, response }) {
        writeJson(response, 200, listPage(queryOf(request), await runner.list(), mostListed));
      },
    },
    {
      path: '/v1/batches/:id',
      methods: ['GET'],
      api: { summary: 'Tell about a batch' },
      errors,
      async handle({ response, params }) {
        writeJson(response, 200, await runner.find(params['id'] ?? ''));
      },
    },
    {
      path: '/v1/batches/:id/cancel',
      methods: ['POST'],
      api: { summary: 'Cancel a batch' },
      errors,
      async handle({ response, params }) {
        writeJson(response, 200, await runner.cancel(params['id'] ?? ''));
      },
    },
  ];
}
