import type { StoredModel } from '../store/stored-model.ts';

/** What makes two models one runner: the same weights with the same adapters, in their order. Names play no part. */
export function modelKey(model: StoredModel): string {
  // A path holds no NUL, so no two lists of paths join to the same key.
  return [model.modelPath, ...model.adapterPaths].join('\0');
}
