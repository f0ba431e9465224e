/** One blob of a model from a registry into the store, shared with everybody who fetches the same at the moment. */
import { toCorralError } from '../core/corral-error.ts';
import type { ManifestLayer } from '../formats/model-manifest.ts';
import { downloadBlob } from '../registry/download-blob.ts';
import type { DownloadTarget } from '../registry/download-target.ts';
import { createMemoryTarget } from '../registry/memory-target.ts';
import type { DownloadProgress } from '../registry/registry-client.ts';
import type { RegistrySession } from '../registry/registry-session.ts';
import type { Shared } from '../registry/shared-work.ts';
import { claimPartial } from '../store/claim-partial.ts';
import { placeSmallBlob, smallBlobBytes } from '../store/small-blob.ts';
import { pacedProgress } from './paced-progress.ts';
import type { ProgressEvent } from './progress-event.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export type FetchParts = Pick<UseCaseParts, 'blobs' | 'registry' | 'logger'>;

/**
 * Fetches the layer's blob unless it is there; keep it with a hold before. Its digest is checked before it is in the store. Throws
 * RegistryError, `digest_mismatch`, `store_write`, `canceled`; what has arrived is kept for the next time unless it is wrong.
 */
export async function* fetchLayer(
  layer: ManifestLayer,
  session: RegistrySession,
  parts: FetchParts,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  const { digest, sizeBytes: total } = layer;
  const status = `pulling ${digest.slice(7, 19)}`;
  if ((await parts.blobs.sizeOf(digest)) === total) {
    yield { status, digest, total, completed: total };
    return;
  }
  const shared = await beginLayer(layer, session, parts);
  try {
    const look = () => ({ status, digest, total, completed: shared.handle.completedBytes() });
    yield* pacedProgress(shared.done, look, signal);
  } finally {
    await shared.leave();
  }
}

/** Starts the download of a layer, or joins it; it goes on until everybody who did has left. */
export function beginLayer(
  layer: ManifestLayer,
  session: RegistrySession,
  parts: FetchParts,
): Promise<Shared<DownloadProgress>> {
  return parts.registry.downloads.join(layer.digest, (signal) => {
    const handle: DownloadProgress = { completedBytes: () => 0 };
    return { handle, done: download(layer, session, parts, handle, signal) };
  });
}

async function download(
  layer: ManifestLayer,
  session: RegistrySession,
  parts: FetchParts,
  progress: DownloadProgress,
  signal: AbortSignal,
): Promise<void> {
  const { digest, sizeBytes } = layer;
  // The one before may have ended between the look and the joining.
  if ((await parts.blobs.sizeOf(digest)) !== sizeBytes) {
    const { limit, timing } = parts.registry;
    const fetchInto = async (target: DownloadTarget) => {
      progress.completedBytes = () => target.completedBytes;
      await downloadBlob({ session, digest, target, limit, timing, signal });
    };
    if (sizeBytes <= smallBlobBytes) await downloadSmall(layer, parts, fetchInto);
    else await downloadClaimed(layer, parts, fetchInto, signal);
  }
  progress.completedBytes = () => sizeBytes;
}

type FetchInto = (target: DownloadTarget) => Promise<void>;

async function downloadSmall({ digest, sizeBytes }: ManifestLayer, { blobs }: FetchParts, fetchInto: FetchInto) {
  const target = createMemoryTarget(sizeBytes);
  await fetchInto(target);
  await placeSmallBlob(blobs.path(digest), digest, target.bytes);
}

async function downloadClaimed(
  layer: ManifestLayer,
  parts: FetchParts,
  fetchInto: FetchInto,
  signal: AbortSignal,
): Promise<void> {
  const claim = await claimPartial(parts.blobs.path(layer.digest), signal);
  try {
    // Who had the claim before may have brought it.
    if ((await parts.blobs.sizeOf(layer.digest)) !== layer.sizeBytes) await downloadLarge(layer, parts, fetchInto);
  } finally {
    await claim.release();
  }
}

async function downloadLarge(
  { digest, sizeBytes }: ManifestLayer,
  { blobs, logger }: FetchParts,
  fetchInto: FetchInto,
) {
  for (let isFirst = true; ; isFirst = false) {
    const partial = await blobs.openPartial({ digest, sizeBytes });
    try {
      await fetchInto(partial);
      await partial.finish();
      return;
    } catch (thrown) {
      const { code, message } = toCorralError(thrown);
      // The wrong bytes may be left from an earlier process, or from a power cut: once more, all of it.
      if (code !== 'digest_mismatch' || partial.resumedBytes === 0 || !isFirst) throw thrown;
      logger.warn('a resumed download was wrong and begins anew', { reason: message });
    } finally {
      await partial.close();
    }
  }
}
