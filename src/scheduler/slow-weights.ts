/**
 * Weights that a processor computes needlessly slowly. llama.cpp has kernels for several tokens at once for most types; for these it goes token by
 * token, so a prompt costs as much per token as an answer. Measured on AVX-512 and AVX2: docs/weights.md. Pure.
 */
import type { LoadedFacts } from '../engine/runner-protocol.ts';

const withoutBatchedKernel: ReadonlySet<string> = new Set(['Q4_1', 'Q5_1']);

/** `fileType`: as the model's config names it. On a GPU all types have kernels. */
export function areWeightsSlow(
  fileType: string,
  { vramBytes, splitWeights }: Pick<LoadedFacts, 'vramBytes' | 'splitWeights'>,
): boolean {
  return vramBytes === 0 && !splitWeights && withoutBatchedKernel.has(fileType);
}
