/** llama.cpp's own server: one model for its whole life, given at its start. */
import os from 'node:os';
import { freePort } from '../processes/free-port.ts';
import type { Scope } from '../processes/scope.ts';
import { startServer } from '../processes/start-server.ts';
import type { BenchServer } from './bench-server.ts';
import { chatModel } from './models.ts';
import { parallelStreams } from './ollama-like-program.ts';

export interface LlamaServerProgram {
  readonly name: 'llama-server';
  readonly version: string;
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** Context of each stream, as the requests to the others ask for it. */
export const contextTokens = 4096;

/** Starts it with the chat model loaded. */
export async function startLlamaServer(
  program: LlamaServerProgram,
  scope: Scope,
  signal: AbortSignal,
): Promise<BenchServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options: Readonly<Record<string, string>> = {
    '--model': chatModel.file,
    '--host': '127.0.0.1',
    '--port': String(port),
    '--threads': String(os.availableParallelism()),
    '--parallel': String(parallelStreams),
    '--ctx-size': String(parallelStreams * contextTokens),
  };
  const started = await startServer(
    {
      name: program.name,
      command: [...program.command, ...Object.entries(options).flat()],
      environment: program.environment,
      readyUrl: `${url}/health`,
    },
    scope,
    signal,
  );
  return { ...started, name: program.name, role: 'peer', protocol: 'llama-server', url, port };
}
