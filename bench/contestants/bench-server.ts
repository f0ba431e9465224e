import type { Scope } from '../processes/scope.ts';

/** A running server to measure. */
export interface BenchServer {
  readonly name: string;
  readonly role: 'corral' | 'peer';
  /** How it wants to be asked: Ollama's API or llama-server's own. */
  readonly protocol: 'ollama' | 'llama-server';
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The chat model's name for this server. */
  readonly modelName: string;
  /** Of each stream. */
  readonly contextTokens: number;
  stop(): Promise<void>;
}

/** What a scenario wants otherwise than the rest of the benchmark. */
export interface ServerSettings {
  readonly contextTokens?: number;
  /** Streams at once, for the contestants that must be told. */
  readonly streams?: number;
  /** For an Ollama-like program, beyond what it always gets. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Streams that a model serves at once, for the contestants that must be told. */
export const parallelStreams = 8;

/** A contestant that can be started, and started again. */
export interface ServerKind {
  readonly name: string;
  readonly role: 'corral' | 'peer';
  start(scope: Scope, signal: AbortSignal, settings?: ServerSettings): Promise<BenchServer>;
}
