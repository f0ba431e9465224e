/** The shards of one model as one layer. */
import { CorralError } from '../../core/corral-error.ts';
import { mergeShards } from '../../formats/gguf/merge-shards.ts';
import { fileByteSource, type FileByteSource } from '../../store/file-byte-source.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { CreateWork } from './create-work.ts';
import type { ImportedFile } from './import-file.ts';
import type { BlobLayer } from './model-layer.ts';
import { writtenLayer } from './written-layer.ts';

/** `shards` in their order. Yields progress, returns the layer of the new blob. Throws `bad_gguf`, `store_write` or `canceled`. */
export async function* mergedLayer(
  shards: readonly ImportedFile[],
  work: CreateWork,
): AsyncGenerator<ProgressEvent, BlobLayer, undefined> {
  const sources: FileByteSource[] = [];
  try {
    for (const { blob } of shards) sources.push(await fileByteSource(work.blobs.path(blob.digest)));
    const [first, ...rest] = shards.map(({ gguf }, index) => ({
      header: gguf,
      source: sources[index] as FileByteSource,
    }));
    if (first === undefined) throw new CorralError('bad_gguf', 'empty split GGUF group');
    const mediaType = shards[0]?.mediaType ?? '';
    return yield* writtenLayer(
      await mergeShards([first, ...rest]),
      { mediaType, status: 'validating GGUF model' },
      work,
    );
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}
