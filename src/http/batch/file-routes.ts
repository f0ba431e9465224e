/** /v1/files: what batches are made of. Only for them, so there is one purpose. */
import { pipeline } from 'node:stream/promises';
import { CorralError } from '../../core/corral-error.ts';
import type { FileStore, StoredFile } from '../../store/batch/file-store.ts';
import type { Route } from '../exchange.ts';
import { openaiErrors as errors } from '../openai/openai-errors.ts';
import { queryOf } from '../query-of.ts';
import { writeJson } from '../write-reply.ts';
import { listPage } from './list-page.ts';
import { receiveUpload } from './receive-upload.ts';

const mostListed = 10_000;

export function fileRoutes(files: FileStore): readonly Route[] {
  return [
    {
      path: '/v1/files',
      methods: ['POST'],
      api: { summary: 'Upload a file for a batch', request: 'upload' },
      errors,
      async handle({ request, response }) {
        const { fields, filename, file } = await receiveUpload(request, files);
        const purpose = fields.get('purpose');
        if (purpose !== 'batch') {
          await file.discard();
          throw new CorralError('bad_request', 'invalid value for "purpose": expected \'batch\'', { param: 'purpose' });
        }
        writeJson(response, 200, fileObject(await file.keep({ filename, purpose })));
      },
    },
    {
      path: '/v1/files',
      methods: ['GET'],
      api: { summary: 'The files' },
      errors,
      async handle({ request, response }) {
        const query = queryOf(request);
        const purpose = query.get('purpose');
        const listed = (await files.list()).filter((file) => purpose === null || file.purpose === purpose);
        writeJson(response, 200, listPage(query, listed.map(fileObject), mostListed));
      },
    },
    {
      path: '/v1/files/:id',
      methods: ['GET'],
      api: { summary: 'Tell about a file' },
      errors,
      async handle({ response, params }) {
        writeJson(response, 200, fileObject(await files.find(params['id'] ?? '')));
      },
    },
    {
      path: '/v1/files/:id/content',
      methods: ['GET'],
      api: { summary: 'A file’s bytes', replies: ['bytes'] },
      errors,
      async handle({ response, params, signal }) {
        const { sizeBytes } = await files.find(params['id'] ?? '');
        const content = await files.read(params['id'] ?? '');
        response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': sizeBytes });
        await pipeline(content, response, { signal });
      },
    },
    {
      path: '/v1/files/:id',
      methods: ['DELETE'],
      api: { summary: 'Remove a file' },
      errors,
      async handle({ response, params }) {
        const id = params['id'] ?? '';
        await files.remove(id);
        writeJson(response, 200, { id, object: 'file', deleted: true });
      },
    },
  ];
}

function fileObject({ id, filename, purpose, sizeBytes, createdAt }: StoredFile) {
  return { id, object: 'file', bytes: sizeBytes, created_at: createdAt, filename, purpose, status: 'processed' };
}
