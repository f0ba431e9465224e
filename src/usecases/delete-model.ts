/** Removes a model from the store. One that is in memory stays there until it expires: the file is kept by whoever has it open. */
import type { DeleteRequest } from '../api/ollama/delete-request.ts';
import { CorralError, toCorralError } from '../core/corral-error.ts';
import { tryParseModelName } from '../formats/model-name.ts';
import { parseModelReference, type ModelReference } from '../formats/model-reference.ts';
import { notFoundPlain } from './find-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/** Throws `bad_request` for a name that is none, `model_not_found`, and what the store throws. */
export async function deleteModel(request: DeleteRequest, parts: UseCaseParts): Promise<void> {
  const sent = request.model || request.name;
  if (sent.trim() === '') throw new CorralError('bad_request', 'model is required');
  const name = tryParseModelName(storedName(parseModelReference(sent)));
  if (name === undefined) throw new CorralError('bad_request', `name ${JSON.stringify(sent)} is invalid`);
  try {
    await parts.manifests.delete(name);
  } catch (thrown) {
    const error = toCorralError(thrown);
    if (error.code !== 'model_not_found') throw error;
    throw new CorralError('model_not_found', notFoundPlain(sent, name), {
      hint: 'Look at the installed models with `corral list`.',
      cause: error,
    });
  }
}

/** Entries that Ollama made for its cloud models lie in the store under tags of their own, and can be deleted. */
function storedName({ base, source }: ModelReference): string {
  if (source !== 'cloud') return base;
  const hasTag = base.lastIndexOf(':') > base.lastIndexOf('/');
  return base + (hasTag ? '-cloud' : ':cloud');
}
