export interface ModelConfig {
  readonly modelFormat: string;
  readonly modelFamily: string;
  readonly modelFamilies: readonly string[];
  /** Parameter count as text: `134.52M`. */
  readonly modelType: string;
  /** Quantisation as text: `Q4_1`. */
  readonly fileType: string;
  readonly renderer?: string;
  readonly parser?: string;
  readonly requires?: string;
  readonly capabilities?: readonly string[];
  readonly contextLength?: number;
  readonly embeddingLength?: number;
  readonly remoteHost?: string;
  readonly remoteModel?: string;
}
