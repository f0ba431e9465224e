/**
 * Sizes of a draft model beside the model that it guesses for. Pure.
 *
 * Its cells hold one whole context, whoever needs them: most answers are short, and one that finds no room is answered without drafts. Each
 * step of it computes a token per sequence, or a piece of one prompt.
 */
import type { DraftLoad, LoadRequest } from './runner-protocol.ts';

/** A prompt goes into the draft beside answers that are being written, so its pieces are small. */
const mostPieceTokens = 128;

export function draftLoad(
  { contextTokens, sequences, batchTokens }: Pick<LoadRequest, 'contextTokens' | 'sequences' | 'batchTokens'>,
  modelPath: string,
): DraftLoad {
  return {
    modelPath,
    kvCells: contextTokens,
    batchTokens: Math.max(sequences, Math.min(batchTokens, mostPieceTokens)),
    // One more than sequences: as many as the engine is told of, see llama/model.ts.
    outputs: sequences + 1,
  };
}
