/** The shards of one model as one layer. */
import { CorralError } from '../../core/corral-error.ts';
import { workWithProgress } from '../../core/work-with-progress.ts';
import { mergeShards } from '../../formats/gguf/merge-shards.ts';
import { ggufSizeBytes, writeGguf } from '../../formats/gguf/write-gguf.ts';
import { fileByteSource, type FileByteSource } from '../../store/file-byte-source.ts';
import { readHeader } from '../../store/read-header.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { CreateWork } from './create-work.ts';
import type { ImportedFile } from './import-file.ts';
import type { BlobLayer } from './model-layer.ts';

/** What Ollama tells in place of the digest of something that has none yet. */
export const digestToCome = '0000000000000000000';

/** `shards` in their order. Yields progress, returns the layer of the new blob. Throws `bad_gguf`, `store_write` or `canceled`. */
export async function* mergedLayer(
  shards: readonly ImportedFile[],
  { blobs, hold, signal, made }: CreateWork,
): AsyncGenerator<ProgressEvent, BlobLayer, undefined> {
  const sources: FileByteSource[] = [];
  try {
    for (const { blob } of shards) sources.push(await fileByteSource(blobs.path(blob.digest)));
    const [first, ...rest] = shards.map(({ gguf }, index) => ({
      header: gguf,
      source: sources[index] as FileByteSource,
    }));
    if (first === undefined) throw new CorralError('bad_gguf', 'empty split GGUF group');
    const merged = await mergeShards([first, ...rest]);
    const total = ggufSizeBytes(merged);
    const blob = yield* workWithProgress<ProgressEvent, BlobLayer['blob']>((report) =>
      blobs.write(
        counted(writeGguf(merged), (completed) =>
          report({ status: 'validating GGUF model', digest: digestToCome, total, completed }),
        ),
        { hold, signal },
      ),
    );
    made.add(blob.digest);
    yield { status: 'verifying conversion' };
    return {
      mediaType: shards[0]?.mediaType ?? '',
      blob,
      gguf: await readHeader(blobs.path(blob.digest), 'skip'),
      isNew: true,
    };
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}

async function* counted(pieces: AsyncIterable<Uint8Array>, onBytes: (sum: number) => void): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const piece of pieces) {
    yield piece;
    sum += piece.length;
    onBytes(sum);
  }
}
