/**
 * Sizes of a draft model beside the model that it guesses for. Pure; the child loads by it and the estimate counts by it.
 *
 * Its cells hold one whole context, whoever needs them: most answers are short, and one that finds no room is answered without drafts. Each
 * step of it computes a token per sequence, or a piece of one prompt.
 */
import type { LoadRequest } from './runner-protocol.ts';

/** A prompt goes into the draft beside answers that are being written, so its pieces are small. */
const mostPieceTokens = 128;

export function draftLoad(load: LoadRequest, draftPath: string): LoadRequest {
  const { draftPath: _, ...shared } = load;
  const batchTokens = Math.max(load.sequences, Math.min(load.batchTokens, mostPieceTokens));
  // One more than sequences: as many as the engine is told of, see llama/model.ts.
  return { ...shared, modelPath: draftPath, kvCells: load.contextTokens, batchTokens, outputs: load.sequences + 1 };
}
