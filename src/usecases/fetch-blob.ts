/** One blob of an installed model from its registry again, for a store that has lost it or holds it damaged. */
import type { ManifestLayer } from '../formats/model-manifest.ts';
import type { ModelName } from '../formats/model-name.ts';
import { RegistryError } from '../registry/registry-error.ts';
import { fetchLayer, type FetchParts } from './fetch-layer.ts';
import type { ProgressEvent } from './progress-event.ts';

export interface FetchBlobRequest {
  /** A model whose manifest names the blob. */
  readonly name: ModelName;
  readonly layer: ManifestLayer;
  readonly insecure: boolean;
}

/** From the first of the model's registries that has it; a damaged blob has to be moved aside before. Throws as `fetchLayer`. */
export async function* fetchBlob(
  { name, layer, insecure }: FetchBlobRequest,
  parts: FetchParts,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  const hold = await parts.blobs.hold();
  try {
    await hold.keep([layer.digest]);
    const sessions = parts.registry.sessionsToPull(name, insecure);
    for (const [index, session] of sessions.entries()) {
      try {
        yield* fetchLayer(layer, session, parts, signal);
        return;
      } catch (error) {
        if (!(error instanceof RegistryError) || index === sessions.length - 1) throw error;
      }
    }
  } finally {
    await hold.release();
  }
}
