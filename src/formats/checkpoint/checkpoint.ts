/**
 * A model as its training left it: safetensors files with weights, JSON files that describe it (the layout of the transformers library).
 * What is read here is small: configuration and tokenizer. Weights stay where they are until they are written.
 */
import type { ByteSource } from '../gguf/byte-source.ts';
import type { SafetensorsTensor } from '../safetensors/read-safetensors.ts';

export interface Checkpoint {
  /** Files by the name that the client gave them, with `/` between folders. */
  readonly files: ReadonlyMap<string, ByteSource>;
  /** Of all its files together; whoever converts them refuses a name that is there twice. */
  readonly tensors: readonly CheckpointTensor[];
}

export interface CheckpointTensor extends SafetensorsTensor {
  readonly source: ByteSource;
}
