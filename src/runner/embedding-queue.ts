/**
 * Embeds many inputs per step: each input is a sequence of its own in the batch, and its pooled vector is read by sequence
 * id. Inputs of all waiting requests share batches, in turns by client; a request ends when its last vector is there. The pairs
 * of a reranker go the same way, their "vector" is a score.
 */
import { canceled } from '../core/canceled.ts';
import { CorralError, toCorralError } from '../core/corral-error.ts';
import type { ChildMessage, EmbedRequest, LoadRequest, RerankRequest } from '../engine/runner-protocol.ts';
import { adapterKey } from '../llama/adapter-key.ts';
import type { Model } from '../llama/model.ts';
import { TokenBatch } from '../llama/token-batch.ts';
import type { BatchComputer } from './batch-computer.ts';
import { FairQueue } from './fair-queue.ts';
import { pairTokens } from './pair-tokens.ts';
import { relevance } from './relevance.ts';

/**
 * Attention looks at the whole batch for every token, also at the texts of others: beyond what keeps the kernels busy that is lost. Measured (MiniLM,
 * 2 cores, AVX2): texts of 8 to 200 words a tenth faster in batches of 256 tokens than of 512.
 */
const enoughTokens = 256;

interface PendingRequest {
  readonly id: number;
  readonly type: 'embed' | 'rerank';
  readonly client: string;
  readonly results: Float32Array[];
  missing: number;
  readonly promptTokens: number;
  readonly adapters: readonly string[];
  readonly adapterKey: string;
}

interface Input {
  readonly request: PendingRequest;
  readonly index: number;
  readonly tokens: readonly number[];
}

export interface EmbeddingParts {
  readonly model: Model;
  readonly computer: BatchComputer;
  readonly load: LoadRequest;
  readonly send: (message: ChildMessage) => void;
}

export class EmbeddingQueue {
  readonly #model: Model;
  readonly #computer: BatchComputer;
  readonly #load: LoadRequest;
  readonly #send: (message: ChildMessage) => void;
  readonly #batch: TokenBatch;
  readonly #inputs = new FairQueue<Input>(({ request }) => request.client);

  constructor({ model, computer, load, send }: EmbeddingParts) {
    this.#model = model;
    this.#computer = computer;
    this.#load = load;
    this.#send = send;
    this.#batch = new TokenBatch(load.batchTokens, load.sequences);
  }

  get hasWork(): boolean {
    return this.#inputs.size > 0;
  }

  embed(request: EmbedRequest): void {
    this.#accept(request, () => {
      if (!this.#model.pools || this.#model.classifierOutputs > 0) {
        throw new CorralError('not_supported', 'this model does not support embeddings');
      }
      return request.inputs.map((text) => this.#tokens(text, request.truncate));
    });
  }

  rerank(request: RerankRequest): void {
    this.#accept(request, () => {
      const { vocabulary, classifierOutputs } = this.#model;
      if (classifierOutputs === 0) throw new CorralError('not_supported', 'this model does not support reranking');
      const { query, template } = request;
      return request.documents.map((document) => pairTokens(vocabulary, { query, document, template }, this.#limit));
    });
  }

  #accept(request: EmbedRequest | RerankRequest, tokenize: () => readonly (readonly number[])[]): void {
    const { id, type, client = '', adapters } = request;
    try {
      const inputs = tokenize();
      this.#model.loadAdapters(adapters);
      const pending: PendingRequest = {
        id,
        type,
        client,
        results: Array.from<Float32Array>({ length: inputs.length }),
        missing: inputs.length,
        promptTokens: inputs.reduce((sum, tokens) => sum + tokens.length, 0),
        adapters,
        adapterKey: adapterKey(adapters),
      };
      if (inputs.length === 0) this.#finish(pending);
      for (const [index, tokens] of inputs.entries()) this.#inputs.add({ request: pending, index, tokens });
    } catch (thrown) {
      this.#fail(id, toCorralError(thrown));
    }
  }

  cancel(id: number): void {
    if (this.#inputsOf(id).length === 0) return;
    this.#fail(id, canceled());
  }

  step(): void {
    const inputs = this.#takeBatch();
    this.#model.clearMemory();
    const computed = this.#computer.compute(this.#batch) === 'done';
    for (const [sequence, input] of inputs.entries()) {
      const { request, index } = input;
      this.#inputs.leave(input);
      const vector = computed ? this.#model.sequenceEmbedding(sequence) : undefined;
      if (vector === undefined) {
        this.#fail(request.id, new CorralError('runner_failed', 'the engine failed to compute an embedding'));
        continue;
      }
      request.results[index] = vector;
      request.missing--;
      if (request.missing === 0) this.#finish(request);
    }
  }

  /** As many inputs as one batch holds, all with the adapters of the first. */
  #takeBatch(): readonly Input[] {
    const inputs: Input[] = [];
    this.#batch.clear();
    const first = this.#inputs.peek();
    this.#model.useAdapters(first?.request.adapters ?? []);
    for (let next = first; next !== undefined; next = this.#inputs.peek()) {
      if (next.request.adapterKey !== first?.request.adapterKey) break;
      const most = inputs.length === 0 ? this.#batch.capacity : Math.min(this.#batch.capacity, enoughTokens);
      const full = this.#batch.length + next.tokens.length > most;
      if (full || inputs.length === this.#load.sequences) break;
      for (const [position, token] of next.tokens.entries()) this.#batch.add(token, position, inputs.length, true);
      this.#inputs.take();
      this.#inputs.charge(next, next.tokens.length);
      inputs.push(next);
    }
    return inputs;
  }

  #inputsOf(id: number): readonly Input[] {
    return [...this.#inputs.waiting()].filter(({ request }) => request.id === id);
  }

  /** Most tokens of one input: it is computed in one batch. */
  get #limit(): number {
    return Math.min(this.#load.contextTokens, this.#load.batchTokens);
  }

  /** Throws `prompt_too_long` where cutting is not wanted. The tokens that frame an input stay when it is cut. */
  #tokens(text: string, truncate: boolean): readonly number[] {
    const { vocabulary } = this.#model;
    const tokens = [...vocabulary.tokenize(text, true)];
    const limit = this.#limit;
    if (tokens.length === 0) throw new CorralError('bad_request', 'the input is empty');
    if (tokens.length <= limit) return tokens;
    if (!truncate) throw new CorralError('prompt_too_long', 'the input length exceeds the context length');
    const [, after] = vocabulary.specialFrame();
    return [...tokens.slice(0, limit - after.length), ...after];
  }

  #finish(request: PendingRequest): void {
    const { id, type, results, promptTokens } = request;
    if (type === 'embed') {
      const vectors = results.map((vector) => Buffer.from(unitLength(vector).buffer).toString('base64'));
      this.#send({ type: 'embedded', id, vectors, promptTokens });
      return;
    }
    const scores = results.map(relevance);
    if (scores.every(Number.isFinite)) this.#send({ type: 'reranked', id, scores, promptTokens });
    else this.#fail(id, new CorralError('runner_failed', 'the model judged a document with NaN or Inf'));
  }

  #fail(id: number, error: CorralError): void {
    for (const input of this.#inputsOf(id)) this.#inputs.leave(input);
    this.#send({ type: 'failed', id, code: error.code, message: error.message });
  }
}

function unitLength(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const norm = Math.sqrt(sum);
  return norm > 0 ? vector.map((value) => value / norm) : vector;
}
