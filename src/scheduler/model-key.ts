import type { StoredModel } from '../store/stored-model.ts';

/** What makes two models one runner: the same weights. Names play no part, nor do adapters, which each request brings along. */
export function modelKey(model: StoredModel): string {
  return model.modelPath;
}
