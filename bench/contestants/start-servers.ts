import type { ScenarioContext } from '../scenario.ts';
import type { BenchServer } from './bench-server.ts';
import { startLlamaServer } from './llama-server-program.ts';
import { startOllamaLike } from './ollama-like-program.ts';

/** A server of each contestant that there is. */
export async function startServers({ contestants, scope, signal }: ScenarioContext): Promise<readonly BenchServer[]> {
  const { corral, ollama, llamaServer } = contestants;
  const servers: BenchServer[] = [];
  if (corral !== undefined) servers.push(await startOllamaLike(corral, scope, signal));
  if (ollama !== undefined) servers.push(await startOllamaLike(ollama, scope, signal));
  if (llamaServer !== undefined) servers.push(await startLlamaServer(llamaServer, scope, signal));
  return servers;
}
