/** Splits a GGUF file in memory as llama-gguf-split does: all metadata in the first shard, the tensors spread over all of them. */
import { metadataRanges } from '../../src/formats/gguf/metadata-ranges.ts';
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';
import { writeGguf, type TensorToWrite } from '../../src/formats/gguf/write-gguf.ts';
import { collectBytes } from './collect-bytes.ts';
import { joined, memorySource, pair, value } from './gguf-writer.ts';

export async function splitGguf(file: Uint8Array, count: number): Promise<Uint8Array[]> {
  const source = memorySource(file);
  const header = await readGguf(source, { arrays: 'skip' });
  const ranges = await metadataRanges(source);
  const own = ranges.map(({ offsetBytes, sizeBytes }) => file.subarray(offsetBytes, offsetBytes + sizeBytes));
  const perShard = Math.ceil(header.tensors.length / count);
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const pairs = [
        ...(index === 0 ? own : []),
        pair('split.no', value.uint16(index)),
        pair('split.count', value.uint16(count)),
        pair('split.tensors.count', value.int32(header.tensors.length)),
      ];
      const tensors = header.tensors.slice(index * perShard, (index + 1) * perShard);
      return shard(
        pairs,
        tensors.map((tensor) => copied(tensor, file, header.dataOffsetBytes)),
      );
    }),
  );
}

function copied(
  { name, shape, type, sizeBytes, offsetBytes }: Awaited<ReturnType<typeof readGguf>>['tensors'][number],
  file: Uint8Array,
  dataOffsetBytes: number,
): TensorToWrite {
  const start = dataOffsetBytes + offsetBytes;
  return {
    name,
    shape,
    type,
    sizeBytes,
    async *data() {
      yield file.subarray(start, start + sizeBytes);
    },
  };
}

async function shard(pairs: readonly Uint8Array[], tensors: readonly TensorToWrite[]): Promise<Uint8Array> {
  const encoded = joined(...pairs);
  const toWrite = {
    pairs: {
      count: pairs.length,
      sizeBytes: encoded.length,
      async *bytes() {
        yield encoded;
      },
    },
    tensors,
    alignment: 32,
  };
  return collectBytes(writeGguf(toWrite));
}
