/** Who can take part here and now, and why the others cannot. */
import { existsSync } from 'node:fs';
import type { Scope } from '../processes/scope.ts';
import { findCorral } from './corral.ts';
import type { LlamaServerProgram } from './llama-server-program.ts';
import { chatModel, embeddingModel } from './models.ts';
import type { OllamaLikeProgram } from './ollama-like-program.ts';
import { findLlamaServer, findOllama, peersFolder } from './peers.ts';
import { usablePeersFolder } from './usable-peers-folder.ts';

export interface SkippedContestant {
  readonly name: string;
  readonly reason: string;
}

export interface Contestants {
  readonly corral: OllamaLikeProgram | undefined;
  readonly ollama: OllamaLikeProgram | undefined;
  readonly llamaServer: LlamaServerProgram | undefined;
  readonly skipped: readonly SkippedContestant[];
  /** What each one says about its version. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Tries each one; a contestant that does not run is skipped with its reason. Homes and copies go with the scope. */
export async function findContestants(scope: Scope, signal: AbortSignal): Promise<Contestants> {
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
  const corral = await attempt('corral', () => findCorral(scope, signal));
  const missing = [peersFolder, chatModel.file, embeddingModel.file].find((file) => !existsSync(file));
  if (missing !== undefined) {
    const reason = 'the shared folder beside the project, with the peers and the models, is not there';
    skipped.push({ name: 'ollama', reason }, { name: 'llama-server', reason });
    return { corral, ollama: undefined, llamaServer: undefined, skipped, versions: versionsOf([corral]) };
  }
  const folder = await usablePeersFolder(peersFolder, scope);
  const ollama = await attempt('ollama', () => findOllama(folder, scope, signal));
  const llamaServer = await attempt('llama-server', () => findLlamaServer(folder, signal));
  return { corral, ollama, llamaServer, skipped, versions: versionsOf([corral, ollama, llamaServer]) };
}

function versionsOf(programs: readonly ({ name: string; version: string } | undefined)[]): Record<string, string> {
  return Object.fromEntries(
    programs.filter((program) => program !== undefined).map((program) => [program.name, program.version]),
  );
}
