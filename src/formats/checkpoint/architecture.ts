import type { MetadataValue } from '../gguf/encode-metadata.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Config } from './config.ts';
import type { TensorNames } from './tensor-names.ts';

/** How models of one kind become GGUF. What is in no entry of the configuration is not guessed: the engine has its own defaults. */
export interface Architecture {
  /** `general.architecture`. */
  readonly name: string;
  readonly names: TensorNames;
  /** Hyperparameters, their keys without the architecture before them unless they begin with `tokenizer.`. */
  entries(config: Config, checkpoint: Checkpoint): Promise<Entries> | Entries;
  /** Whether the rotary halves of a head, which lie apart in a checkpoint, take turns in GGUF. */
  readonly interleavesRotary?: boolean;
  /** Ways of stretching the rope that `entries` and `computed` know, besides none. */
  readonly ropes: readonly string[];
  /** Whether norms are written as what is added to 1. */
  readonly hasNormsAroundZero?: boolean;
  /** Whether rows of the token embeddings behind the last token are left out, instead of getting tokens that stand for nothing. */
  readonly dropsUnusedRows?: boolean;
  /** Tensors that are computed from the configuration. */
  readonly computed?: (config: Config) => readonly ComputedTensor[];
  /** How WordPiece tokens, which this architecture has then, are spelled in GGUF. */
  readonly spelling?: (token: string) => string;
}

export type Entries = readonly (readonly [key: string, value: MetadataValue | undefined])[];

export interface ComputedTensor {
  readonly name: string;
  readonly values: readonly number[];
}

export const count = (value: number | undefined): MetadataValue | undefined =>
  value === undefined ? undefined : { type: 'uint32', value };

export const float = (value: number | undefined): MetadataValue | undefined =>
  value === undefined ? undefined : { type: 'float32', value };

export const text = (value: string | undefined): MetadataValue | undefined =>
  value === undefined ? undefined : { type: 'string', value };

export const layerCount = (config: Config): number => config.needed('num_hidden_layers', 'n_layers', 'n_layer');

export const flag = (value: boolean): MetadataValue => ({ type: 'bool', value });
