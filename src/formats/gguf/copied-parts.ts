/** Parts of a GGUF file that go into another one as they are: bytes are passed on, nothing is decoded and encoded again. */
import type { ByteSource } from './byte-source.ts';
import type { Gguf, GgufTensor } from './gguf.ts';
import type { MetadataRange } from './metadata-ranges.ts';
import { readPieces } from './read-pieces.ts';
import type { GgufToWrite, TensorToWrite } from './write-gguf.ts';

/** `kept`: of `metadataRanges(source)`. */
export function copiedPairs(source: ByteSource, kept: readonly MetadataRange[]): GgufToWrite['pairs'] {
  return {
    count: kept.length,
    sizeBytes: kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    async *bytes() {
      for (const { offsetBytes, sizeBytes } of kept) yield* readPieces(source, offsetBytes, sizeBytes);
    },
  };
}

/** `tensor`: of `header`, the header of `source`. */
export function copiedTensor(source: ByteSource, header: Gguf, tensor: GgufTensor): TensorToWrite {
  const { name, shape, type, sizeBytes } = tensor;
  return { name, shape, type, sizeBytes, data: () => tensorData(source, header, tensor) };
}

/** `unitBytes`: as `readPieces` has it. */
export function tensorData(
  source: ByteSource,
  { dataOffsetBytes }: Gguf,
  { offsetBytes, sizeBytes }: GgufTensor,
  unitBytes?: number,
): AsyncIterable<Uint8Array> {
  return readPieces(source, dataOffsetBytes + offsetBytes, sizeBytes, unitBytes);
}
