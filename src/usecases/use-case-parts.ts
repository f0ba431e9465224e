import type { Settings } from '../config/settings.ts';
import type { Logger } from '../core/logger.ts';
import type { Quantise } from '../engine/quantiser.ts';
import type { ModelPool } from '../scheduler/model-pool.ts';
import type { RegistryClient } from '../registry/registry-client.ts';
import type { BlobStore } from '../store/blob-store.ts';
import type { ManifestStore } from '../store/manifest-store.ts';
import type { ModelStore } from '../store/stored-model.ts';

/** What use cases work with. */
export interface UseCaseParts {
  readonly store: ModelStore;
  readonly blobs: BlobStore;
  readonly manifests: ManifestStore;
  readonly registry: RegistryClient;
  readonly pool: ModelPool;
  readonly quantise: Quantise;
  readonly settings: Settings;
  readonly logger: Logger;
}
