/** Tells the text of a model's tokens. */
import type { DetokenizeRequest } from '../api/ollama/token-request.ts';
import { CorralError } from '../core/corral-error.ts';
import { findModel, notFoundTryPulling } from './find-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';
import { withRunner, type Timed } from './with-runner.ts';

/** Special tokens stand in the text as they are spelled. Throws `bad_request` for a number that is no token of the model. */
export async function detokenize(
  request: DetokenizeRequest,
  parts: UseCaseParts,
  signal: AbortSignal,
): Promise<Timed<string>> {
  const model = await findModel(parts.store, request.model, { whenEmpty: 'required', notFound: notFoundTryPulling });
  return await withRunner(model, request, parts, signal, async (runner) => {
    try {
      return await runner.detokenize(request.tokens, signal);
    } catch (thrown) {
      if (!(thrown instanceof CorralError) || thrown.code !== 'bad_request') throw thrown;
      throw new CorralError('bad_request', 'invalid value for "tokens": the model has no such token', {
        param: 'tokens',
        cause: thrown,
      });
    }
  });
}
