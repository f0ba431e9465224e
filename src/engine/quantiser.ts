/** What the parent knows of quantising: one file in, one file out. `quantise-process.ts` does it in a child. */

export interface QuantiseRequest {
  /** Absolute path of a GGUF file whose header was checked. */
  readonly sourcePath: string;
  /** Where the new file goes; what lies there is overwritten. */
  readonly targetPath: string;
  /** Number of `llama_ftype`. */
  readonly fileType: number;
  /** Tensors that are kept finer than the type says: a regular expression over names, and the number of a ggml type. */
  readonly keptTensors: readonly { readonly pattern: string; readonly ggmlType: number }[];
}

export interface QuantiseOptions {
  readonly signal: AbortSignal;
  /** Called with what is done as 0..1. */
  readonly onProgress: (fraction: number) => void;
}

/** Throws `canceled` or `runner_failed`; then there is no target. The child is gone in every case. */
export type Quantise = (request: QuantiseRequest, options: QuantiseOptions) => Promise<void>;
