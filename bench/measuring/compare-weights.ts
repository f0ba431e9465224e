/** Asks the engine how far the answers of requantised weights are from those of the weights that they were made of, in a process of its own. */
import path from 'node:path';
import { runProgram } from '../processes/run-program.ts';

export interface WeightsComparison {
  /** Kullback-Leibler divergence in nats, over all positions. */
  readonly meanNats: number;
  readonly p99Nats: number;
  /** Share of positions, 0..1, at which both take the same token greedily. */
  readonly agreement: number;
  readonly positions: number;
}

const timeoutMs = 900_000;

/** `base` and `other` are files; `offsets` belongs to the other one where its weights are split. Throws with the engine's reason. */
export async function compareWeights(
  base: string,
  other: string,
  offsets: string | undefined,
  signal: AbortSignal,
): Promise<WeightsComparison> {
  const program = path.join(import.meta.dirname, 'compare-weights-main.js');
  const output = await runProgram(
    [process.execPath, program, base, other, ...(offsets === undefined ? [] : [offsets])],
    { timeoutMs, signal },
  );
  const line = output.split('\n').find((each) => each.startsWith('{'));
  return JSON.parse(line ?? '{}') as WeightsComparison;
}
