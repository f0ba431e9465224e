/** A program with Ollama's command line, environment and API: Ollama itself, and Corral. */
import { freePort } from '../processes/free-port.ts';
import type { Scope } from '../processes/scope.ts';
import { startServer } from '../processes/start-server.ts';
import { parallelStreams, type BenchServer, type ServerSettings } from './bench-server.ts';
import type { BenchSetup } from './bench-setup.ts';
import { cleanEnvironment } from './clean-environment.ts';

export interface OllamaLikeProgram {
  readonly name: 'corral' | 'ollama';
  readonly role: 'corral' | 'peer';
  readonly version: string;
  /** The program and its first arguments. */
  readonly command: readonly string[];
  /** Private folder that stands for the user's home. */
  readonly home: string;
  /** Beyond home and address. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  readonly setup: BenchSetup;
}

export interface Residence {
  readonly home: string;
  readonly port: number;
}

/** What a program needs in its environment to live at `home` and serve, or be a client of, `port`. */
export function environmentOf(program: OllamaLikeProgram, { home, port }: Residence): NodeJS.ProcessEnv {
  return cleanEnvironment({ HOME: home, OLLAMA_HOST: `127.0.0.1:${port}`, ...program.extraEnvironment });
}

/** Starts `serve` on a free port; no model is loaded yet. */
export async function startOllamaLike(
  program: OllamaLikeProgram,
  scope: Scope,
  signal: AbortSignal,
  {
    contextTokens = program.setup.contextTokens,
    streams = parallelStreams,
    environment: own = {},
  }: ServerSettings = {},
): Promise<BenchServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = { ...environmentOf(program, { home: program.home, port }), ...own };
  // Ollama serves one stream at a time unless told; Corral finds the number itself.
  if (program.name === 'ollama') environment['OLLAMA_NUM_PARALLEL'] = String(streams);
  const started = await startServer(
    { name: program.name, command: [...program.command, 'serve'], environment, readyUrl: `${url}/api/version` },
    scope,
    signal,
  );
  const facts = { name: program.name, role: program.role, protocol: 'ollama' } as const;
  return { ...started, ...facts, url, port, modelName: program.setup.chatModel.name, contextTokens };
}
