/** A GGUF file that is put together for a model, as a layer. */
import { workWithProgress } from '../../core/work-with-progress.ts';
import { ggufSizeBytes, writeGguf, type GgufToWrite } from '../../formats/gguf/write-gguf.ts';
import { readHeader } from '../../store/read-header.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { CreateWork } from './create-work.ts';
import type { BlobLayer } from './model-layer.ts';

/** What Ollama tells in place of the digest of something that has none yet. */
export const digestToCome = '0000000000000000000';

/** Yields progress under `status`, returns the layer of the new blob. Throws what reading the parts throws, `store_write` or `canceled`. */
export async function* writtenLayer(
  gguf: GgufToWrite,
  { mediaType, status }: { readonly mediaType: string; readonly status: string },
  { blobs, hold, signal, made }: CreateWork,
): AsyncGenerator<ProgressEvent, BlobLayer & Required<Pick<BlobLayer, 'gguf'>>, undefined> {
  const total = ggufSizeBytes(gguf);
  const blob = yield* workWithProgress<ProgressEvent, BlobLayer['blob']>((report) =>
    blobs.write(
      counted(writeGguf(gguf), (completed) => report({ status, digest: digestToCome, total, completed })),
      { hold, signal },
    ),
  );
  made.add(blob.digest);
  yield { status: 'verifying conversion' };
  return { mediaType, blob, gguf: await readHeader(blobs.path(blob.digest), 'skip'), isNew: true };
}

async function* counted(pieces: AsyncIterable<Uint8Array>, onBytes: (sum: number) => void): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const piece of pieces) {
    yield piece;
    sum += piece.length;
    onBytes(sum);
  }
}
