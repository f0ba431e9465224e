/** A model of the store to its registry. */
import { CorralError } from '../core/corral-error.ts';
import { displayName, tryParseModelName } from '../formats/model-name.ts';
import type { ManifestLayer } from '../formats/model-manifest.ts';
import { hasBlob } from '../registry/blob-presence.ts';
import { putManifest } from '../registry/put-manifest.ts';
import type { RegistrySession } from '../registry/registry-session.ts';
import { uploadBlob } from '../registry/upload-blob.ts';
import { readBlob } from '../store/read-blob.ts';
import { pacedProgress } from './paced-progress.ts';
import type { ProgressEvent } from './progress-event.ts';
import { registryName } from './registry-name.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface PushRequest {
  /** As sent. */
  readonly model: string;
  /** Permits plain HTTP, and speaks it. */
  readonly insecure: boolean;
}

export type PushParts = Pick<UseCaseParts, 'blobs' | 'manifests' | 'registry'>;

/** Pushes and tells Ollama's statuses. Throws `bad_request` before the first event; later `model_not_found`, RegistryError, `canceled`. */
export async function* pushModel(
  { model, insecure }: PushRequest,
  parts: PushParts,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  if (model === '') throw new CorralError('bad_request', 'model is required');
  const name = await registryName(model, parts.manifests);
  yield { status: 'retrieving manifest' };
  const session = parts.registry.sessionToPush(name, insecure);
  const stored = await parts.manifests.read(name);
  if (stored === undefined) {
    yield { status: "couldn't retrieve manifest" };
    throw new CorralError('model_not_found', `model '${displayName(name)}' not found`, {
      hint: 'Look at the installed models with `corral list`.',
    });
  }
  const { config, layers } = stored.manifest;
  for (const layer of [...layers, config]) yield* pushLayer(layer, session, parts, signal);
  yield { status: 'pushing manifest' };
  await putManifest(session, stored.bytes, signal);
  yield { status: 'success' };
}

async function* pushLayer(
  { digest, sizeBytes: total, from }: ManifestLayer,
  session: RegistrySession,
  { blobs, registry }: PushParts,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  const status = `pushing ${digest.slice(7, 19)}`;
  if (await hasBlob(session, digest, signal)) {
    yield { status, digest, total, completed: total };
    return;
  }
  const path = blobs.path(digest);
  const origin = from === undefined ? undefined : tryParseModelName(from);
  let completed = 0;
  const leave = new AbortController();
  const onAbort = () => leave.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  const done = uploadBlob({
    session,
    source: { digest, sizeBytes: total, read: (start, end) => readBlob(path, start, end) },
    mountFrom: origin && `${origin.namespace}/${origin.model}`,
    onSent(bytes) {
      completed = bytes;
    },
    retries: registry.timing.retries,
    signal: leave.signal,
  });
  try {
    yield* pacedProgress(done, () => ({ status, digest, total, completed }), signal);
  } finally {
    // Nobody listens any more: the upload must not go on by itself.
    leave.abort();
    signal.removeEventListener('abort', onAbort);
    await done.catch(() => {});
  }
}
