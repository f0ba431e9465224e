/** Corral's own POST /api/tokenize and /api/detokenize. */
import { detokenizeRequestSchema, tokenizeRequestSchema } from '../../api/ollama/token-request.ts';
import { detokenize } from '../../usecases/detokenize.ts';
import { tokenize } from '../../usecases/tokenize.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { writeJson } from '../write-reply.ts';
import { tokenizeReply } from './token-reply.ts';

export function tokenRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    {
      path: '/api/tokenize',
      methods: ['POST'],
      api: { summary: 'Tell the tokens of texts', request: tokenizeRequestSchema },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, tokenizeRequestSchema);
        const isList = Array.isArray(order.text ?? order.input ?? order.prompt ?? order.content);
        writeJson(response, 200, tokenizeReply(order.model, await tokenize(order, parts, signal), isList));
      },
    },
    {
      path: '/api/detokenize',
      methods: ['POST'],
      api: { summary: 'Tell the text of tokens', request: detokenizeRequestSchema },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, detokenizeRequestSchema);
        const { value: text, totalNs, loadNs } = await detokenize(order, parts, signal);
        // `content` is what llama.cpp's server calls it.
        const reply = { model: order.model, text, content: text, total_duration: totalNs, load_duration: loadNs };
        writeJson(response, 200, reply);
      },
    },
  ];
}
