/** A model from its registry, or the mirror that stands for it, into the store. */
import { CorralError } from '../core/corral-error.ts';
import type { ManifestLayer, ModelManifest } from '../formats/model-manifest.ts';
import type { ModelName } from '../formats/model-name.ts';
import { fetchManifest, type FetchedManifest } from '../registry/fetch-manifest.ts';
import { RegistryError } from '../registry/registry-error.ts';
import type { DownloadProgress } from '../registry/registry-client.ts';
import type { RegistrySession } from '../registry/registry-session.ts';
import type { Shared } from '../registry/shared-work.ts';
import { smallBlobBytes } from '../store/small-blob.ts';
import { beginLayer, fetchLayer, type FetchParts } from './fetch-layer.ts';
import type { ProgressEvent } from './progress-event.ts';
import { registryName } from './registry-name.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface PullRequest {
  /** As sent. */
  readonly model: string;
  /** Permits plain HTTP, and speaks it. */
  readonly insecure: boolean;
}

export type PullParts = FetchParts & Pick<UseCaseParts, 'manifests'>;

const tensorType = 'application/vnd.ollama.image.tensor';

/**
 * Pulls and tells Ollama's statuses. Throws before the first event for a bad name; later RegistryError, `digest_mismatch`, `store_write`,
 * `canceled`. The store holds the old model or the new one, whenever it ends.
 */
export async function* pullModel(
  { model, insecure }: PullRequest,
  parts: PullParts,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  const name = await registryName(model, parts.manifests);
  const sessions = parts.registry.sessionsToPull(name, insecure);
  yield { status: 'pulling manifest' };
  const { session, bytes, manifest } = await findManifest(sessions, signal);
  yield* takeModel({ name, session, bytes, manifest }, parts, signal);
  yield { status: 'success' };
}

export interface FoundManifest extends FetchedManifest {
  readonly session: RegistrySession;
}

/** From the first of the registries that has it. Throws RegistryError. */
export async function findManifest(sessions: readonly RegistrySession[], signal: AbortSignal): Promise<FoundManifest> {
  let failure: unknown;
  for (const session of sessions) {
    try {
      return { session, ...(await fetchManifest(session, signal)) };
    } catch (error) {
      // What the first one says is what matters: it is where the model should be.
      failure ??= error;
      if (signal.aborted) break;
    }
  }
  throw failure instanceof RegistryError ? failure.after('pull model manifest') : failure;
}

/** The blobs of a manifest, then the manifest itself. */
export async function* takeModel(
  { name, session, bytes, manifest }: FoundManifest & { readonly name: ModelName },
  parts: PullParts,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  refuseTensors(manifest);
  const layers = distinctLayers(manifest);
  const hold = await parts.blobs.hold();
  let ahead: readonly Shared<DownloadProgress>[] = [];
  try {
    await hold.keep(layers.map(({ digest }) => digest));
    for (const [index, layer] of layers.entries()) {
      if (ahead.length === 0 && isSmall(layer)) {
        // What is left is mostly a few lines each: together they take one way to the registry and back.
        const small = layers.slice(index).filter(isSmall);
        ahead = await Promise.all(small.map((next) => beginLayer(next, session, parts)));
      }
      yield* fetchLayer(layer, session, parts, signal);
    }
    // It was done while the bytes came in; clients wait for the word.
    yield { status: 'verifying sha256 digest' };
    yield { status: 'writing manifest' };
    const { removedLayers } = await parts.manifests.write(name, bytes);
    if (removedLayers > 0) yield { status: 'removing unused layers' };
  } finally {
    await Promise.all(ahead.map((shared) => shared.leave()));
    await hold.release();
  }
}

function isSmall({ sizeBytes }: ManifestLayer): boolean {
  return sizeBytes <= smallBlobBytes;
}

/** In the manifest's order, the config last, as Ollama fetches them. */
function distinctLayers({ config, layers }: ModelManifest): ManifestLayer[] {
  return [...new Map([...layers, config].map((layer) => [layer.digest, layer])).values()];
}

function refuseTensors({ layers }: ModelManifest): void {
  if (!layers.some(({ mediaType }) => mediaType === tensorType)) return;
  throw new CorralError('not_supported', 'this model requires MLX support, but the MLX runtime is not available', {
    status: 500,
    hint: 'Pull the GGUF variant of this model; its tag has no "mlx" in it.',
  });
}
