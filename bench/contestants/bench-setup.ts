import type { BenchModel } from './models.ts';

/** What every contestant of a run gets alike. */
export interface BenchSetup {
  readonly chatModel: BenchModel;
  /** Context of each stream, unless a scenario needs another. */
  readonly contextTokens: number;
  /** Holds `bin/ollama` and `lib/ollama/` with llama-server and llama-bench. */
  readonly peersFolder: string;
}
