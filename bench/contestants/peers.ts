/** Real Ollama and llama-server from the shared folder beside the project. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from '../processes/run-program.ts';
import { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { cleanEnvironment } from './clean-environment.ts';
import type { LlamaServerProgram } from './llama-server-program.ts';
import { chatModel, embeddingModel } from './models.ts';
import { environmentOf, startOllamaLike, type OllamaLikeProgram } from './ollama-like-program.ts';
import { projectRoot } from './project-root.ts';

export const peersFolder = path.resolve(projectRoot, '../shared/peers');

const versionTimeoutMs = 30_000;
/** Copies and re-hashes 100 MB; minutes only on a disk that is about to fail. */
const createTimeoutMs = 300_000;

/** Ollama with both models in a store of its own. Throws if it does not run. */
export async function findOllama(folder: string, scope: Scope, signal: AbortSignal): Promise<OllamaLikeProgram> {
  const home = await temporaryFolder(scope, 'ollama');
  const program = path.join(folder, 'bin/ollama');
  const extraEnvironment = {
    OLLAMA_MODELS: path.join(home, 'models'),
    OLLAMA_NO_CLOUD: '1',
    LD_LIBRARY_PATH: libraryFolder(folder),
  };
  const environment = cleanEnvironment({ HOME: home, OLLAMA_HOST: '127.0.0.1:9', ...extraEnvironment });
  const output = await runProgram([program, '--version'], { environment, timeoutMs: versionTimeoutMs, signal });
  const ollama: OllamaLikeProgram = {
    name: 'ollama',
    role: 'peer',
    version: /version is (\S+)/.exec(output)?.[1] ?? 'unknown',
    command: [program],
    home,
    extraEnvironment,
  };
  await createModels(ollama, signal);
  return ollama;
}

/** llama-server. Throws if it does not run. */
export async function findLlamaServer(folder: string, signal: AbortSignal): Promise<LlamaServerProgram> {
  const program = path.join(libraryFolder(folder), 'llama-server');
  const environment = cleanEnvironment({ LD_LIBRARY_PATH: libraryFolder(folder) });
  const output = await runProgram([program, '--version'], { environment, timeoutMs: versionTimeoutMs, signal });
  return {
    name: 'llama-server',
    version: /version: (.+)/.exec(output)?.[1] ?? 'unknown',
    command: [program],
    environment,
  };
}

function libraryFolder(folder: string): string {
  return path.join(folder, 'lib/ollama');
}

async function createModels(ollama: OllamaLikeProgram, signal: AbortSignal): Promise<void> {
  const scope = new Scope();
  try {
    const server = await startOllamaLike(ollama, scope, signal);
    const environment = environmentOf(ollama, { home: ollama.home, port: server.port });
    for (const model of [chatModel, embeddingModel]) {
      const modelfile = path.join(ollama.home, 'Modelfile');
      await writeFile(modelfile, `FROM ${model.file}\n`);
      const create = [...ollama.command, 'create', model.name, '-f', modelfile];
      await runProgram(create, { environment, timeoutMs: createTimeoutMs, signal });
    }
  } finally {
    await scope.close();
  }
}
