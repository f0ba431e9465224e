/** From the model name in a request to the model. Every verb of Ollama has its own words for a model that isn't there. */
import { CorralError, toCorralError } from '../core/corral-error.ts';
import { displayName, parseModelName, type ModelName } from '../formats/model-name.ts';
import { parseModelReference } from '../formats/model-reference.ts';
import type { ModelStore, StoredModel } from '../store/stored-model.ts';

/** The text for a missing model, from its name as sent and as understood. */
export type NotFoundText = (sent: string, name: ModelName) => string;

export const notFoundPlain: NotFoundText = (sent) => `model '${sent}' not found`;
export const notFoundNormalised: NotFoundText = (_, name) => `model '${displayName(name)}' not found`;
export const notFoundTryPulling: NotFoundText = (sent) =>
  `model ${JSON.stringify(sent)} not found, try pulling it first`;

export type WhenEmpty = 'required' | 'not found';

export interface FindModelTexts {
  /** What an empty name is answered with: 400 `model is required`, or 404 as for a name that isn't there. */
  readonly whenEmpty: WhenEmpty;
  readonly notFound: NotFoundText;
}

const notFoundHint = 'Look at the installed models with `corral list`; get one with `corral pull`.';

/** Throws `bad_request`, `invalid_model_name`, `model_not_found`, `forbidden` for a cloud model, or what the store throws. */
export async function findModel(store: ModelStore, sent: string, texts: FindModelTexts): Promise<StoredModel> {
  if (sent === '') {
    if (texts.whenEmpty === 'required') throw new CorralError('bad_request', 'model is required');
    throw new CorralError('model_not_found', "model '' not found", { hint: 'Name a model in the field "model".' });
  }
  const { base, source } = parseModelReference(sent);
  if (source === 'cloud') {
    throw new CorralError('forbidden', 'ollama cloud is disabled: remote model is unavailable', {
      hint: 'Corral runs models on this machine only.',
    });
  }
  const name = parseModelName(base);
  try {
    return await store.open(name);
  } catch (thrown) {
    const error = toCorralError(thrown);
    if (error.code !== 'model_not_found') throw error;
    throw new CorralError('model_not_found', texts.notFound(sent, name), { hint: notFoundHint, cause: error });
  }
}
