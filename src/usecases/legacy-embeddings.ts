/** One text into one vector, as the first version of the API had it: never cut, and passed on as the engine made it. */
import type { LegacyEmbeddingsRequest } from '../api/ollama/embed-request.ts';
import { checkFinite, withTooLongText } from './embed.ts';
import { findModel, notFoundTryPulling } from './find-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';
import { withRunner } from './with-runner.ts';

/** Empty without a prompt: then the model is only loaded. Errors of the engine have status 500 here. */
export async function legacyEmbeddings(
  request: LegacyEmbeddingsRequest,
  parts: UseCaseParts,
  signal: AbortSignal,
): Promise<Float32Array> {
  const model = await findModel(parts.store, request.model, { whenEmpty: 'required', notFound: notFoundTryPulling });
  await parts.store.checkAdapters(model);
  const { value } = await withRunner(model, request, parts, signal, async (runner) => {
    if (request.prompt === '') return new Float32Array();
    const inputs = [request.prompt];
    const embeddings = await runner
      .embed({ adapters: model.adapterPaths, inputs, truncate: false }, signal)
      .catch((thrown: unknown) => {
        throw withTooLongText(thrown, 500);
      });
    checkFinite(embeddings);
    return embeddings.vectors[0] ?? new Float32Array();
  });
  return value;
}
