import type { BenchServer } from '../contestants/bench-server.ts';
import { generate, type Generation } from './generate.ts';

export interface TogetherResult {
  /** From the first request to the end of the last answer. */
  readonly elapsedMs: number;
  readonly generations: readonly Generation[];
  /** Generated tokens of all streams over the elapsed time, prefill included. */
  readonly tokensPerSecond: number;
}

/** All prompts at the same time. */
export async function generateTogether(
  server: BenchServer,
  prompts: readonly string[],
  maxTokens: number,
  signal: AbortSignal,
): Promise<TogetherResult> {
  const startedMs = performance.now();
  const generations = await Promise.all(prompts.map((prompt) => generate(server, { prompt, maxTokens }, signal)));
  const elapsedMs = performance.now() - startedMs;
  const tokens = generations.reduce((sum, generation) => sum + generation.tokens, 0);
  return { elapsedMs, generations, tokensPerSecond: tokens / (elapsedMs / 1000) };
}
