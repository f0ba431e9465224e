/** POST /v1/rerank for clients of Jina, Cohere and llama.cpp, and the same at /api/rerank with Ollama's errors. */
import { randomUUID } from 'node:crypto';
import { rerankRequestSchema, type RerankRequest } from '../api/rerank-request.ts';
import { rerank, type Ranking } from '../usecases/rerank.ts';
import type { UseCaseParts } from '../usecases/use-case-parts.ts';
import type { Timed } from '../usecases/with-runner.ts';
import type { Exchange, Route } from './exchange.ts';
import { openaiErrors } from './openai/openai-errors.ts';
import { readRequest } from './read-request.ts';
import { tellUsage } from './usage-header.ts';
import { writeJson } from './write-reply.ts';

const api = { summary: 'Order documents by relevance', request: rerankRequestSchema };

export function rerankRoutes(parts: UseCaseParts): readonly Route[] {
  async function handle({ request, response, signal }: Exchange): Promise<void> {
    const order = await readRequest(request, rerankRequestSchema);
    const ranking = await rerank(order, parts, signal);
    tellUsage(response, { prompt: ranking.value.promptTokens });
    writeJson(response, 200, rerankReply(order, ranking));
  }
  return [
    { path: '/v1/rerank', methods: ['POST'], api, handle, errors: openaiErrors },
    { path: '/api/rerank', methods: ['POST'], api, handle },
  ];
}

function rerankReply(order: RerankRequest, { value, totalNs, loadNs }: Timed<Ranking>): object {
  const { method, ranked, promptTokens } = value;
  return {
    id: `rerank-${randomUUID()}`,
    object: 'list',
    model: order.model,
    method,
    results: ranked.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(order.return_documents && { document: { text: order.documents[index] } }),
    })),
    // Jina's clients look for the first, Cohere's for the second.
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    meta: { tokens: { input_tokens: promptTokens } },
    total_duration: totalNs,
    load_duration: loadNs,
  };
}
