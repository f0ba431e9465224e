/** Gives a model a further name; a model that had that name is replaced. */
import type { CopyRequest } from '../api/ollama/copy-request.ts';
import { CorralError, toCorralError } from '../core/corral-error.ts';
import { tryParseModelName, type ModelName } from '../formats/model-name.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/** Throws `bad_request` for a name that is none, `model_not_found`, and what the store throws. */
export async function copyModel({ source, destination }: CopyRequest, parts: UseCaseParts): Promise<void> {
  const from = checkedName('source', source);
  const to = checkedName('destination', destination);
  try {
    await parts.manifests.copy(from, to);
  } catch (thrown) {
    const error = toCorralError(thrown);
    if (error.code !== 'model_not_found') throw error;
    throw new CorralError('model_not_found', `model ${JSON.stringify(source)} not found`, {
      hint: 'Look at the installed models with `corral list`.',
      cause: error,
    });
  }
}

function checkedName(which: string, sent: string): ModelName {
  const name = tryParseModelName(sent);
  if (name === undefined) throw new CorralError('bad_request', `${which} ${JSON.stringify(sent)} is invalid`);
  return name;
}
