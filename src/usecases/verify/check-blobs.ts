/** Reads blobs in full, several at once, and tells how far it is. */
import type { BlobCondition, BlobStore } from '../../store/blob-store.ts';
import { pacedProgress } from '../paced-progress.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { NamedBlob } from './named-blobs.ts';

export interface CheckedBlob extends NamedBlob {
  readonly condition: Exclude<BlobCondition, 'good'>;
}

/** Reads waiting for one disk while another's bytes are hashed; more of them make a disk with a head slower. */
const blobsAtOnce = 4;

/** Returns the blobs that are not good. Throws `canceled`; no reading goes on then. */
export async function* checkBlobs(
  blobs: readonly NamedBlob[],
  store: BlobStore,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, CheckedBlob[], undefined> {
  const total = blobs.reduce((sum, { layer }) => sum + layer.sizeBytes, 0);
  const status = `verifying ${blobs.length} ${blobs.length === 1 ? 'file' : 'files'}`;
  const waiting = [...blobs];
  const bad: CheckedBlob[] = [];
  let completed = 0;
  const stop = new AbortController();
  const options = {
    signal: stop.signal,
    onBytes(count: number) {
      completed += count;
    },
  };
  const work = async () => {
    for (let blob = waiting.shift(); blob !== undefined; blob = waiting.shift()) {
      const condition = await store.check(blob.layer, options);
      if (condition !== 'good') bad.push({ ...blob, condition });
    }
  };
  const workAll = async () => {
    await Promise.all(Array.from({ length: blobsAtOnce }, work));
  };
  const done = workAll();
  try {
    // A damaged file may be longer than it should be, a missing one adds nothing.
    yield* pacedProgress(done, () => ({ status, total, completed: Math.min(completed, total) }), signal);
  } finally {
    stop.abort();
    // Its failure was told above, or is the stop itself.
    await done.catch(() => {});
  }
  return bad;
}
