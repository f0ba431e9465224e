import type { Quantise } from '../../engine/quantiser.ts';
import type { Digest } from '../../formats/digest.ts';
import type { BlobHold, BlobStore } from '../../store/blob-store.ts';

/** What the steps of making one model share. */
export interface CreateWork {
  readonly blobs: BlobStore;
  /** Keeps every blob that the model is made of. */
  readonly hold: BlobHold;
  readonly signal: AbortSignal;
  readonly quantise: Quantise;
  /** Blobs that were made on the way. Whoever owns the set removes those that no manifest names in the end. */
  readonly made: Set<Digest>;
}
