/** The store's writing side: manifests. A manifest is renamed into place once all its blobs are seen to be there in full. */
import type { ModelManifest } from '../formats/model-manifest.ts';
import type { ModelName } from '../formats/model-name.ts';

export interface StoredManifest {
  readonly name: ModelName;
  /** As they lie on the disk: their SHA-256 is the model's id. */
  readonly bytes: Uint8Array;
  readonly manifest: ModelManifest;
  /** Bare hex. */
  readonly digest: string;
}

export interface ManifestStore {
  /** Every manifest that is there, readable or not, ordered by name. Throws `store_read`. */
  names(): Promise<readonly ModelName[]>;
  /** undefined when there is none. Names are compared without case, stored case is kept. Throws `store_read`. */
  read(name: ModelName): Promise<StoredManifest | undefined>;
  /**
   * Puts a manifest in place, byte for byte. Throws `store_write` with the missing digest when one of its blobs is not there in full.
   * Layers that only the replaced manifest named are removed afterwards (unless OLLAMA_NOPRUNE); `removedLayers` counts them.
   */
  write(name: ModelName, bytes: Uint8Array): Promise<{ readonly digest: string; readonly removedLayers: number }>;
  /** Overwrites silently; onto itself is a no-op. Throws `model_not_found`. */
  copy(from: ModelName, to: ModelName): Promise<void>;
  /** Removes the manifest, folders that it leaves empty, then blobs that nobody names any more. Throws `model_not_found`. */
  delete(name: ModelName): Promise<void>;
}
