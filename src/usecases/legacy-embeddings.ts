/** One text into one vector, as the first version of the API had it: never cut, and passed on as the engine made it. */
import type { LegacyEmbeddingsRequest } from '../api/ollama/embed-request.ts';
import { checkFinite, withTooLongText } from './embed.ts';
import { findModel, notFoundTryPulling } from './find-model.ts';
import { requestOptions } from './request-options.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/** Empty without a prompt: then the model is only loaded. Errors of the engine have status 500 here. */
export async function legacyEmbeddings(
  request: LegacyEmbeddingsRequest,
  parts: UseCaseParts,
  signal: AbortSignal,
): Promise<Float32Array> {
  const model = await findModel(parts.store, request.model, { whenEmpty: 'required', notFound: notFoundTryPulling });
  await parts.store.checkAdapters(model);
  const options = requestOptions(model, request.options, parts.logger).load;
  const lease = await parts.pool.acquire({ model, options, keepAliveMs: request.keep_alive }, signal);
  try {
    if (request.prompt === '') return new Float32Array();
    const embeddings = await lease.runner.embed(
      { adapters: model.adapterPaths, inputs: [request.prompt], truncate: false },
      signal,
    );
    checkFinite(embeddings);
    return embeddings.vectors[0] ?? new Float32Array();
  } catch (thrown) {
    throw withTooLongText(thrown, 500);
  } finally {
    lease.release();
  }
}
