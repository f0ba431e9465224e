/** llama.cpp's own server: one model for its whole life, given at its start. */
import os from 'node:os';
import { freePort } from '../processes/free-port.ts';
import type { Scope } from '../processes/scope.ts';
import { startServer } from '../processes/start-server.ts';
import { parallelStreams, type BenchServer, type ServerSettings } from './bench-server.ts';
import type { BenchSetup } from './bench-setup.ts';

export interface LlamaServerProgram {
  readonly name: 'llama-server';
  readonly version: string;
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly setup: BenchSetup;
}

/** Starts it with the chat model loaded. */
export async function startLlamaServer(
  program: LlamaServerProgram,
  scope: Scope,
  signal: AbortSignal,
  { contextTokens = program.setup.contextTokens, streams = parallelStreams }: ServerSettings = {},
): Promise<BenchServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { chatModel } = program.setup;
  const options: Readonly<Record<string, string>> = {
    '--model': chatModel.file,
    '--host': '127.0.0.1',
    '--port': String(port),
    '--threads': String(os.availableParallelism()),
    '--parallel': String(streams),
    '--ctx-size': String(streams * contextTokens),
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
  const facts = { name: program.name, role: 'peer', protocol: 'llama-server' } as const;
  return { ...started, ...facts, url, port, modelName: chatModel.name, contextTokens };
}
