/** POST /v1/embeddings. */
import { embeddingsRequestSchema } from '../../api/openai/embeddings-request.ts';
import { inputList } from '../../api/openai/input-list.ts';
import { invalidField } from '../../api/openai/invalid-field.ts';
import { CorralError } from '../../core/corral-error.ts';
import { embed } from '../../usecases/embed.ts';
import { notFoundTryPulling } from '../../usecases/find-model.ts';
import { textsOfInputs } from '../../usecases/texts-of-inputs.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { shortNumbers } from '../ollama/embed-reply.ts';
import { readRequest } from '../read-request.ts';
import { tellUsage } from '../usage-header.ts';
import { writeJson } from '../write-reply.ts';
import { openaiErrors } from './openai-errors.ts';

const missingModel = { whenEmpty: 'not found', notFound: notFoundTryPulling } as const;

export function embeddingsRoute(parts: UseCaseParts): Route {
  return {
    path: '/v1/embeddings',
    methods: ['POST'],
    api: { summary: 'Turn texts into vectors', request: embeddingsRequestSchema },
    errors: openaiErrors,
    async handle({ request, response, signal }) {
      const order = await readRequest(request, embeddingsRequestSchema);
      const inputs = order.input === undefined ? [] : inputList(order.input);
      // Ollama's words.
      if (inputs.length === 0) throw new CorralError('bad_request', 'invalid input');
      const { model, dimensions } = order;
      const input = await textsOfInputs({ model, inputs, param: 'input', texts: missingModel }, parts, signal);
      const { vectors, counts } = await embed({ model, input, dimensions, truncate: true, options: {} }, parts, signal);
      const length = vectors[0]?.length ?? 0;
      if (dimensions > length) throw invalidField('dimensions', `vectors of this model have ${length}`);
      const tokens = counts?.promptTokens ?? 0;
      tellUsage(response, { prompt: tokens });
      const encode = order.encoding_format === 'base64' ? littleEndianBase64 : shortNumbers;
      writeJson(response, 200, {
        object: 'list',
        data: vectors.map((vector, index) => ({ object: 'embedding', embedding: encode(vector), index })),
        model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      });
    },
  };
}

/** Every processor that this runs on is little-endian, so the bytes are as they should be. */
function littleEndianBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
