/** Turns texts into vectors. */
import type { EmbedRequest } from '../api/ollama/embed-request.ts';
import { CorralError } from '../core/corral-error.ts';
import type { Embeddings } from '../engine/runner.ts';
import { findModel, notFoundTryPulling } from './find-model.ts';
import { requestOptions } from './request-options.ts';
import { startStopwatch } from './stopwatch.ts';
import { firstComponents, isFiniteVector } from './unit-vector.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface EmbedResult {
  /** Of length 1, in the order of the inputs. */
  readonly vectors: readonly Float32Array[];
  /** undefined when there was no input and the model was only loaded. */
  readonly counts: { readonly promptTokens: number; readonly totalNs: number; readonly loadNs: number } | undefined;
}

/** Throws `bad_request`, `prompt_too_long`, `not_supported`, or what finding and loading the model throws. */
export async function embed(request: EmbedRequest, parts: UseCaseParts, signal: AbortSignal): Promise<EmbedResult> {
  const elapsedNs = startStopwatch();
  const inputs = parseInputs(request.input);
  const model = await findModel(parts.store, request.model, { whenEmpty: 'not found', notFound: notFoundTryPulling });
  await parts.store.checkAdapters(model);
  const options = requestOptions(model, request.options, parts.logger).load;
  const lease = await parts.pool.acquire({ model, options, keepAliveMs: request.keep_alive }, signal);
  const loadNs = elapsedNs();
  let embeddings: Embeddings;
  try {
    if (inputs.length === 0) return { vectors: [], counts: undefined };
    embeddings = await lease.runner.embed({ adapters: model.adapterPaths, inputs, truncate: request.truncate }, signal);
  } catch (thrown) {
    throw withTooLongText(thrown, 400);
  } finally {
    lease.release();
  }
  checkFinite(embeddings);
  const { dimensions } = request;
  const vectors = embeddings.vectors.map((vector) => firstComponents(vector, dimensions));
  return { vectors, counts: { promptTokens: embeddings.promptTokens, totalNs: elapsedNs(), loadNs } };
}

function parseInputs(input: unknown): readonly string[] {
  if (input === undefined || input === null || input === '') return [];
  if (typeof input === 'string') return [input];
  if (Array.isArray(input) && input.every((text) => typeof text === 'string')) return input;
  throw new CorralError('bad_request', 'invalid input type', {
    hint: 'The field "input" is a string or a list of strings.',
  });
}

/** Throws `runner_failed`: such a vector can't be written as JSON, and comparing with it means nothing. */
export function checkFinite({ vectors }: Embeddings): void {
  if (vectors.every(isFiniteVector)) return;
  throw new CorralError('runner_failed', 'embedding contains NaN or Inf values');
}

/** A runner's `prompt_too_long` in the words and with the status of the embedding routes; anything else as it is. */
export function withTooLongText(thrown: unknown, status: number): unknown {
  if (!(thrown instanceof CorralError) || thrown.code !== 'prompt_too_long') return thrown;
  return new CorralError('prompt_too_long', 'the input length exceeds the context length', {
    status,
    hint: 'Split the text into shorter pieces, or leave "truncate" on.',
    cause: thrown,
  });
}
