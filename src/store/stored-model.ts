/** A model as it lies in the store: its manifest, resolved to texts and blob paths. */
import type { ModelName } from '../formats/model-name.ts';
import type { ModelConfig } from '../formats/model-manifest.ts';
import type { Gguf } from '../formats/gguf/gguf.ts';

export interface StoredMessage {
  readonly role: string;
  readonly content: string;
}

/** What a listing needs; made from the manifest and its config alone. */
export interface StoredModelEntry {
  readonly name: ModelName;
  /** SHA-256 of the manifest's bytes, bare hex. */
  readonly manifestDigest: string;
  /** Layers and config together. */
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  readonly config: ModelConfig;
  /** The model that the weights were taken from, as it was named then. */
  readonly parentModel?: string;
}

export interface StoredModel extends StoredModelEntry {
  /** Absolute path of the weights blob; the scheduler's key. */
  readonly modelPath: string;
  readonly projectorPaths: readonly string[];
  readonly adapterPaths: readonly string[];
  /** A small model that guesses ahead of this one; absent = none. */
  readonly draftPath?: string;
  readonly template: string | undefined;
  readonly system: string | undefined;
  readonly licenses: readonly string[];
  /** Options as stored (params layer), unchecked. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly messages: readonly StoredMessage[];
}

export interface ModelStore {
  /** Newest first. A manifest that can't be read is left out and logged. */
  list(): Promise<readonly StoredModelEntry[]>;
  /** Throws `model_not_found`, or `store_read` when its manifest or a blob is damaged or missing. */
  open(name: ModelName): Promise<StoredModel>;
  /** The header of a model's weights, checked; cached by path, size and mtime. Throws `bad_gguf`. */
  header(model: StoredModel): Promise<Gguf>;
  /** Checks the headers of the model's adapters, which native code will read. Throws `bad_gguf`. */
  checkAdapters(model: StoredModel): Promise<void>;
  /** The checked header of the model's draft model; undefined = it has none. Throws `bad_gguf`. */
  draftHeader(model: StoredModel): Promise<Gguf | undefined>;
  /** The header with its arrays (vocabulary and merges) filled in, for `show --verbose`. Not cached. */
  fullHeader(model: StoredModel): Promise<Gguf>;
}
