/** A running server to measure. */
export interface BenchServer {
  readonly name: string;
  readonly role: 'corral' | 'peer';
  /** How it wants to be asked: Ollama's API or llama-server's own. */
  readonly protocol: 'ollama' | 'llama-server';
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}
