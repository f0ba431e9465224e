/** Real Ollama and llama-server from the shared folder beside the project. */
import path from 'node:path';
import { runProgram } from '../processes/run-program.ts';
import type { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { cleanEnvironment } from './clean-environment.ts';
import type { LlamaServerProgram } from './llama-server-program.ts';
import type { BenchSetup } from './bench-setup.ts';
import { createModels } from './create-models.ts';
import type { LlamaBenchProgram } from './llama-bench-program.ts';
import { embeddingModel } from './models.ts';
import type { OllamaLikeProgram } from './ollama-like-program.ts';

const versionTimeoutMs = 30_000;

/** Ollama with both models in a store of its own. Throws if it does not run. */
export async function findOllama(setup: BenchSetup, scope: Scope, signal: AbortSignal): Promise<OllamaLikeProgram> {
  const { peersFolder: folder, chatModel } = setup;
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
    setup,
  };
  await createModels(ollama, [chatModel, embeddingModel], signal);
  return ollama;
}

/** llama-server. Throws if it does not run. */
export async function findLlamaServer(setup: BenchSetup, signal: AbortSignal): Promise<LlamaServerProgram> {
  const folder = setup.peersFolder;
  const program = path.join(libraryFolder(folder), 'llama-server');
  const environment = cleanEnvironment({ LD_LIBRARY_PATH: libraryFolder(folder) });
  const output = await runProgram([program, '--version'], { environment, timeoutMs: versionTimeoutMs, signal });
  return {
    name: 'llama-server',
    version: /version: (.+)/.exec(output)?.[1] ?? 'unknown',
    command: [program],
    environment,
    setup,
  };
}

/** llama-bench. Throws if it does not run. */
export async function findLlamaBench(setup: BenchSetup, signal: AbortSignal): Promise<LlamaBenchProgram> {
  const folder = libraryFolder(setup.peersFolder);
  const command = [path.join(folder, 'llama-bench')];
  const environment = cleanEnvironment({ LD_LIBRARY_PATH: folder });
  await runProgram([...command, '--version'], { environment, timeoutMs: versionTimeoutMs, signal });
  return { command, environment, modelFile: setup.chatModel.file };
}

function libraryFolder(folder: string): string {
  return path.join(folder, 'lib/ollama');
}
