import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from '../processes/run-program.ts';
import { Scope } from '../processes/scope.ts';
import type { BenchModel } from './models.ts';
import { environmentOf, startOllamaLike, type OllamaLikeProgram } from './ollama-like-program.ts';

/** Copies and hashes the file; a model of tens of gigabytes takes its time. */
const createTimeoutMs = 1_800_000;

/** Makes the models in the program's own store, with its own command against its own server. Throws if that does not run. */
export async function createModels(
  program: OllamaLikeProgram,
  models: readonly BenchModel[],
  signal: AbortSignal,
): Promise<void> {
  const scope = new Scope();
  try {
    const server = await startOllamaLike(program, scope, signal);
    const environment = environmentOf(program, { home: program.home, port: server.port });
    for (const model of models) {
      const modelfile = path.join(program.home, 'Modelfile');
      await writeFile(modelfile, `FROM ${model.file}\n`);
      const create = [...program.command, 'create', model.name, '-f', modelfile];
      await runProgram(create, { environment, timeoutMs: createTimeoutMs, signal });
    }
  } finally {
    await scope.close();
  }
}
