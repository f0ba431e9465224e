/** Times a piece of a prompt and a few single tokens, as they would be computed for somebody, in a sequence that is nobody's. */
import type { Model } from '../llama/model.ts';
import { TokenBatch } from '../llama/token-batch.ts';
import type { Measured } from './tuner.ts';

/** Short: a request that comes just now waits for it. */
const promptTokens = 32;
const decodedTokens = 4;

/** Uses what number of threads is in force. `scratch`: a sequence without cells; undefined when the engine can't just now. */
export function measureThreads(model: Model, scratch: number): Measured | undefined {
  const batch = new TokenBatch(promptTokens, 1);
  const compute = (position: number, count: number): number => {
    batch.clear();
    for (let i = 0; i < count; i++)
      batch.add((position + i) % model.vocabulary.size, position + i, scratch, i === count - 1);
    const startedMs = performance.now();
    return model.decode(batch) === 'done' ? performance.now() - startedMs : Number.NaN;
  };
  try {
    // The first step with another number of threads starts them.
    compute(0, 1);
    const promptMs = compute(1, promptTokens);
    let decodeMs = 0;
    for (let i = 0; i < decodedTokens; i++) decodeMs += compute(1 + promptTokens + i, 1);
    return Number.isNaN(promptMs + decodeMs) ? undefined : { promptMs, decodeMs };
  } finally {
    model.removeCells(scratch, 0, -1);
  }
}
