import type { StoredModel } from '../store/stored-model.ts';

/** What makes two models one runner: the same weights, and the same draft. Names play no part, nor do adapters, which each request brings along. */
export function modelKey({ modelPath, draftPath }: StoredModel): string {
  return draftPath === undefined ? modelPath : `${modelPath} ${draftPath}`;
}
