/**
 * How much memory a load will take, from the model's header alone, so that what cannot fit is refused before a process is started.
 * It aims to be a little above what the engine then reports (weights, KV cache, compute and output buffers), never below.
 */
import type { Gguf } from '../formats/gguf/gguf.ts';
import { modelFacts } from '../formats/gguf/model-facts.ts';
import { computeBytes, resultBytes } from './compute-estimate.ts';
import { kvCacheBytes } from './kv-cache-estimate.ts';
import type { MemoryInput, MemoryQuery } from './memory-query.ts';

export interface MemoryEstimate {
  readonly weightsBytes: number;
  readonly kvBytes: number;
  readonly computeBytes: number;
  readonly totalBytes: number;
}

/** Throws `bad_gguf` where the header's own numbers are impossible. */
export function estimateMemory(input: MemoryInput): MemoryEstimate {
  const query: MemoryQuery = {
    ...input,
    outputTokens: input.outputTokens ?? input.batchTokens,
    resultTokens: input.resultTokens ?? input.sequences,
    fullSlidingWindow: input.fullSlidingWindow ?? true,
    processor: input.processor ?? process.arch,
  };
  const facts = modelFacts(query.gguf);
  const weightsBytes = weights(query.gguf, query.processor);
  const kvBytes = kvCacheBytes(query, facts);
  const compute = computeBytes(query, facts) + resultBytes(query, facts);
  return { weightsBytes, kvBytes, computeBytes: compute, totalBytes: weightsBytes + kvBytes + compute };
}

/** Types whose weights the engine reorders for the processor's wide instructions, into memory of its own. */
const reordered: ReadonlySet<string> = new Set(['IQ4_NL', 'MXFP4', 'Q2_K', 'Q4_0', 'Q4_K']);
const reorderedOnArm: ReadonlySet<string> = new Set([...reordered, 'Q1_0', 'Q5_K', 'Q6_K', 'Q8_0']);

/** By how much weights grow in the tiles of Intel's AMX units: a sum per block. Counted on every x64, since the header is all there is. */
const grownInTiles: Readonly<Record<string, number>> = {
  Q8_0: 38 / 34,
  Q4_K: 148 / 144,
  Q5_K: 180 / 176,
  IQ4_XS: 138 / 136,
};

/**
 * Weights are reordered out of the mapped file, whose pages the system may then drop: they count once. Only a token embedding that
 * is the output matrix too is needed both ways.
 */
function weights({ tensors }: Gguf, processor: string): number {
  const grown = processor === 'x64' ? grownInTiles : {};
  const sum = Math.ceil(tensors.reduce((bytes, { sizeBytes, type }) => bytes + sizeBytes * (grown[type] ?? 1), 0));
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight');
  if (embedding === undefined || tensors.some(({ name }) => name === 'output.weight')) return sum;
  const types = processor === 'x64' ? reordered : reorderedOnArm;
  return types.has(embedding.type) ? sum + embedding.sizeBytes : sum;
}
