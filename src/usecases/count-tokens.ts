import type { Runner } from '../engine/runner.ts';

/** Tokens of a prompt as the runner would compute it: special tokens in it recognised, BOS added where the model asks for it. */
export async function countTokens(runner: Runner, prompt: string, signal: AbortSignal): Promise<number> {
  const { counts } = await runner.tokenize({ texts: [prompt], addSpecial: true, countOnly: true }, signal);
  return counts[0] ?? 0;
}
