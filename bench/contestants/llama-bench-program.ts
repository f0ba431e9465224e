/** llama.cpp's own measure of the engine without any server around it. */
import { runProgram } from '../processes/run-program.ts';

export interface LlamaBenchProgram {
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly modelFile: string;
}

/** `tg128` decodes 128 tokens from nothing, `pp512` computes a prompt of 512. */
export type LlamaBenchTest = 'tg128' | 'pp512';

const testOptions: Readonly<Record<LlamaBenchTest, readonly string[]>> = {
  tg128: ['-p', '0', '-n', '128'],
  pp512: ['-p', '512', '-n', '0'],
};

const timeoutMs = 600_000;

/** Tokens per second of one repetition after llama-bench's own warm-up, with the threads it chooses itself. */
export async function runLlamaBench(
  { command, environment, modelFile }: LlamaBenchProgram,
  test: LlamaBenchTest,
  signal: AbortSignal,
): Promise<number> {
  const options = ['-m', modelFile, ...testOptions[test], '-r', '1', '-o', 'jsonl'];
  const output = await runProgram([...command, ...options], { environment, timeoutMs, signal });
  const line = output.split('\n').find((each) => each.startsWith('{'));
  const { avg_ts: rate } = JSON.parse(line ?? '{}') as { readonly avg_ts?: number };
  if (rate === undefined) throw new Error('llama-bench gave no figure');
  return rate;
}
