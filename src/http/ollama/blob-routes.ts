/** Blobs that clients send ahead of a create, so that weights travel once and as they are. */
import { findBlob } from '../../usecases/find-blob.ts';
import { storeBlob } from '../../usecases/store-blob.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import { bodyChunks } from '../body-chunks.ts';
import type { Route } from '../exchange.ts';
import { writeEmpty } from '../write-reply.ts';

export function blobRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/blobs/:digest',
      methods: ['HEAD'],
      api: { summary: 'Whether a blob is there', replies: ['empty'] },
      async handle({ response, params }) {
        await findBlob(params['digest'] ?? '', parts);
        writeEmpty(response, 200);
      },
    },
    {
      path: '/api/blobs/:digest',
      methods: ['POST'],
      api: { summary: 'Store a blob', request: 'bytes', replies: ['empty'] },
      async handle({ request, response, params, signal }) {
        const outcome = await storeBlob(params['digest'] ?? '', bodyChunks(request), parts, signal);
        writeEmpty(response, outcome === 'stored' ? 201 : 200);
      },
    },
  ];
}
