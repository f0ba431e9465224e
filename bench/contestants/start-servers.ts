import { Scope } from '../processes/scope.ts';
import type { ScenarioContext } from '../scenario.ts';
import type { BenchServer, ServerKind, ServerSettings } from './bench-server.ts';
import type { Contestants } from './contestants.ts';
import { startLlamaServer } from './llama-server-program.ts';
import { startOllamaLike } from './ollama-like-program.ts';

/** Every contestant that there is, Corral first. */
export function serverKinds({ corral, ollama, llamaServer }: Contestants): readonly ServerKind[] {
  const kinds: ServerKind[] = [];
  for (const program of [corral, ollama])
    if (program !== undefined)
      kinds.push({
        name: program.name,
        role: program.role,
        start: (scope, signal, settings) => startOllamaLike(program, scope, signal, settings),
      });
  if (llamaServer !== undefined)
    kinds.push({
      name: llamaServer.name,
      role: 'peer',
      start: (scope, signal, settings) => startLlamaServer(llamaServer, scope, signal, settings),
    });
  return kinds;
}

/** A server of each contestant. */
export async function startServers(
  { contestants, scope, signal }: ScenarioContext,
  settings?: ServerSettings,
): Promise<readonly BenchServer[]> {
  const servers: BenchServer[] = [];
  for (const kind of serverKinds(contestants)) servers.push(await kind.start(scope, signal, settings));
  return servers;
}

/** Starts one for what `use` does with it, and ends it. */
export async function withServer<Result>(
  start: (scope: Scope) => Promise<BenchServer>,
  use: (server: BenchServer) => Promise<Result>,
): Promise<Result> {
  const scope = new Scope();
  try {
    return await use(await start(scope));
  } finally {
    await scope.close();
  }
}
