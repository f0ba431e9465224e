/** Makes weights of another type with Corral's own command. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BenchServer } from '../contestants/bench-server.ts';
import { environmentOf, type OllamaLikeProgram } from '../contestants/ollama-like-program.ts';
import { runProgram } from '../processes/run-program.ts';

const createTimeoutMs = 1_800_000;

/** Returns the new model's name. */
export async function requantise(
  corral: OllamaLikeProgram,
  { port }: BenchServer,
  model: string,
  type: string,
  signal: AbortSignal,
): Promise<string> {
  const name = `bench-${type.toLowerCase()}`;
  const modelfile = path.join(corral.home, 'Modelfile');
  await writeFile(modelfile, `FROM ${model}\n`);
  const create = [...corral.command, 'create', name, '-f', modelfile, '--quantize', type, '--requantize'];
  const environment = environmentOf(corral, { home: corral.home, port });
  await runProgram(create, { environment, timeoutMs: createTimeoutMs, signal });
  return name;
}
