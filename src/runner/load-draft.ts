/** Loads a draft model beside its model. One that can't be used is told of and left out: the answers are the same without it. */
import { toCorralError } from '../core/corral-error.ts';
import type { LoadRequest } from '../engine/runner-protocol.ts';
import { mostPaddingTokens } from '../formats/gguf/vocabulary-difference.ts';
import type { Bindings } from '../llama/bindings.ts';
import { Model } from '../llama/model.ts';
import type { Vocabulary } from '../llama/vocabulary.ts';
import { DraftModel } from './draft-model.ts';

export interface LoadedDraft {
  readonly model: Model;
  readonly draftModel: DraftModel;
}

/** `tell` gets a line for the log. */
export function loadDraft(
  bindings: Bindings,
  load: LoadRequest,
  { vocabulary, canTakeBack }: Model,
  onProgress: (fraction: number) => boolean,
  tell: (text: string) => void,
): LoadedDraft | undefined {
  if (load.draft === undefined || load.mode !== 'completion') return undefined;
  const refuse = (reason: string) => tell(`the draft model is not used: ${reason}`);
  if (!canTakeBack) {
    refuse('the model cannot take tokens back');
    return undefined;
  }
  try {
    const sizes = { ...load, ...load.draft };
    const model = Model.load(bindings, sizes, onProgress);
    if (!model.canTakeBack) refuse('it cannot take tokens back');
    else if (!areAlike(vocabulary, model.vocabulary)) refuse('it has another vocabulary');
    else return { model, draftModel: new DraftModel(model, sizes, vocabulary.size) };
  } catch (thrown) {
    refuse(toCorralError(thrown).message);
  }
  return undefined;
}

const samples = 1000;

/** By a sample: `create` has compared all, and a wrong guess costs only time. */
function areAlike(one: Vocabulary, other: Vocabulary): boolean {
  if (Math.abs(one.size - other.size) > mostPaddingTokens) return false;
  const shared = Math.min(one.size, other.size);
  const stride = Math.max(1, Math.floor(shared / samples));
  for (let token = 0; token < shared; token += stride) {
    if (!one.piece(token, true).equals(other.piece(token, true))) return false;
  }
  return true;
}
