/**
 * Orders documents by their relevance to a query: by a model that was trained to judge pairs, or else by how close an embedding model's
 * vectors lie. The reply says which, since the numbers of one mean nothing beside the other's.
 */
import type { RerankRequest } from '../api/rerank-request.ts';
import { CorralError } from '../core/corral-error.ts';
import type { Runner } from '../engine/runner.ts';
import { textOf } from '../formats/gguf/gguf-values.ts';
import { modelFacts } from '../formats/gguf/model-facts.ts';
import type { StoredModel } from '../store/stored-model.ts';
import { checkFinite } from './embed.ts';
import { findModel, notFoundTryPulling } from './find-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';
import { withRunner, type Timed } from './with-runner.ts';

export interface RankedDocument {
  /** Among the documents of the request. */
  readonly index: number;
  /** A reranker's is a probability, 0 to 1; a similarity is a cosine, -1 to 1. */
  readonly score: number;
}

export interface Ranking {
  readonly method: 'reranker' | 'embedding_similarity';
  /** The most relevant first; equals in the order they were sent. */
  readonly ranked: readonly RankedDocument[];
  readonly promptTokens: number;
}

/** Number of LLAMA_POOLING_TYPE_RANK. */
const rankPooling = 4;

/** Throws `bad_request`, `not_supported`, `prompt_too_long`, or what finding and loading the model throws. */
export async function rerank(
  request: RerankRequest,
  parts: UseCaseParts,
  signal: AbortSignal,
): Promise<Timed<Ranking>> {
  checkRequest(request);
  const model = await findModel(parts.store, request.model, { whenEmpty: 'required', notFound: notFoundTryPulling });
  await parts.store.checkAdapters(model);
  const header = await parts.store.header(model);
  const facts = modelFacts(header);
  if (!facts.isEmbedding) {
    throw new CorralError('not_supported', `model ${JSON.stringify(request.model)} does not support reranking`, {
      hint: 'Use a reranker or an embedding model.',
    });
  }
  // The file's own form for a pair, where it has one (Qwen3's rerankers do).
  const template = textOf(header, 'tokenizer.chat_template.rerank') ?? '';
  const score = facts.poolingType === rankPooling ? judged(request, model, template) : compared(request, model);
  return await withRunner(model, request, parts, signal, async (runner) => {
    const { method, scores, promptTokens } = await score(runner, signal);
    const ranked = scores
      .map((value, index) => ({ index, score: value }))
      .sort((one, other) => other.score - one.score);
    return { method, ranked: ranked.slice(0, request.top_n), promptTokens };
  });
}

function checkRequest({ query, documents }: RerankRequest): void {
  if (query === '') throw new CorralError('bad_request', 'query is required', { param: 'query' });
  if (documents.length === 0) throw new CorralError('bad_request', 'documents are required', { param: 'documents' });
}

interface Scores {
  readonly method: Ranking['method'];
  readonly scores: readonly number[];
  readonly promptTokens: number;
}

type Score = (runner: Runner, signal: AbortSignal) => Promise<Scores>;

function judged({ query, documents }: RerankRequest, { adapterPaths: adapters }: StoredModel, template: string): Score {
  return async (runner, signal) => ({
    method: 'reranker',
    ...(await runner.rerank({ adapters, query, documents, template }, signal)),
  });
}

function compared({ query, documents }: RerankRequest, { adapterPaths: adapters }: StoredModel): Score {
  return async (runner, signal) => {
    // An empty text has no vector; a blank has the tokens that frame it.
    const inputs = [query, ...documents].map((text) => text || ' ');
    const embeddings = await runner.embed({ adapters, inputs, truncate: true }, signal);
    checkFinite(embeddings);
    const [asked = new Float32Array(), ...vectors] = embeddings.vectors;
    const scores = vectors.map((vector) => cosine(asked, vector));
    return { method: 'embedding_similarity', scores, promptTokens: embeddings.promptTokens };
  };
}

/** Of unit vectors. */
function cosine(one: Float32Array, other: Float32Array): number {
  const sum = one.reduce((total, value, index) => total + value * (other[index] ?? 0), 0);
  return Math.max(-1, Math.min(1, sum));
}
