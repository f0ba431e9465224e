/** Who can take part here and now, and why the others cannot. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Scope } from '../processes/scope.ts';
import type { BenchSetup } from './bench-setup.ts';
import { findCorral } from './corral.ts';
import type { LlamaBenchProgram } from './llama-bench-program.ts';
import type { LlamaServerProgram } from './llama-server-program.ts';
import type { OllamaLikeProgram } from './ollama-like-program.ts';
import { findLlamaBench, findLlamaServer, findOllama } from './peers.ts';
import { usablePeersFolder } from './usable-peers-folder.ts';

export interface SkippedContestant {
  readonly name: string;
  readonly reason: string;
}

export interface Contestants {
  readonly setup: BenchSetup;
  readonly corral: OllamaLikeProgram | undefined;
  readonly ollama: OllamaLikeProgram | undefined;
  readonly llamaServer: LlamaServerProgram | undefined;
  readonly llamaBench: LlamaBenchProgram | undefined;
  readonly skipped: readonly SkippedContestant[];
  /** What each one says about its version. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Tries each one; a contestant that does not run is skipped with its reason. Homes and copies go with the scope. */
export async function findContestants(wanted: BenchSetup, scope: Scope, signal: AbortSignal): Promise<Contestants> {
  const skipped: SkippedContestant[] = [];
  const attempt = async <Program>(name: string, find: () => Promise<Program>): Promise<Program | undefined> => {
    try {
      return await find();
    } catch (thrown) {
      signal.throwIfAborted();
      skipped.push({ name, reason: thrown instanceof Error ? thrown.message : String(thrown) });
      return undefined;
    }
  };
  const corral = await attempt('corral', () => findCorral(wanted, scope, signal));
  const nobody = { ollama: undefined, llamaServer: undefined, llamaBench: undefined };
  if (!existsSync(wanted.peersFolder)) {
    const reason = `there is no folder of peers at ${path.relative(process.cwd(), wanted.peersFolder)} (see --peers)`;
    for (const name of ['ollama', 'llama-server', 'llama-bench']) skipped.push({ name, reason });
    return { setup: wanted, corral, ...nobody, skipped, versions: versionsOf([corral]) };
  }
  const setup = { ...wanted, peersFolder: await usablePeersFolder(wanted.peersFolder, scope) };
  const ollama = await attempt('ollama', () => findOllama(setup, scope, signal));
  const llamaServer = await attempt('llama-server', () => findLlamaServer(setup, signal));
  const llamaBench = await attempt('llama-bench', () => findLlamaBench(setup, signal));
  const versions = versionsOf([corral, ollama, llamaServer]);
  return { setup, corral, ollama, llamaServer, llamaBench, skipped, versions };
}

function versionsOf(programs: readonly ({ name: string; version: string } | undefined)[]): Record<string, string> {
  return Object.fromEntries(
    programs.filter((program) => program !== undefined).map((program) => [program.name, program.version]),
  );
}
