/** Inputs that may be tokens of a model, as texts: whoever tokenized them gets the same answer as for the text itself. */
import { CorralError } from '../core/corral-error.ts';
import type { Runner } from '../engine/runner.ts';
import { findModel, type FindModelTexts } from './find-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';
import { withRunner } from './with-runner.ts';

export interface InputsOrder {
  /** As the client sent it. */
  readonly model: string;
  readonly inputs: readonly (string | readonly number[])[];
  /** The field they came in. */
  readonly param: string;
  readonly texts: FindModelTexts;
}

/** Loads the model only if there are tokens. Throws `bad_request` for a token it does not have. */
export async function textsOfInputs(order: InputsOrder, parts: UseCaseParts, signal: AbortSignal): Promise<string[]> {
  const { inputs, param } = order;
  if (inputs.every((input) => typeof input === 'string')) return [...inputs];
  const model = await findModel(parts.store, order.model, order.texts);
  const { value } = await withRunner(model, { options: {} }, parts, signal, async (runner) => {
    const texts: string[] = [];
    for (const input of inputs) {
      texts.push(typeof input === 'string' ? input : await textOfTokens(runner, input, param, signal));
    }
    return texts;
  });
  return value;
}

async function textOfTokens(
  runner: Runner,
  tokens: readonly number[],
  param: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await runner.detokenize(tokens, signal);
  } catch (thrown) {
    if (!(thrown instanceof CorralError) || thrown.code !== 'bad_request') throw thrown;
    throw new CorralError('bad_request', `${param} holds tokens that this model does not have`, {
      param,
      cause: thrown,
    });
  }
}
