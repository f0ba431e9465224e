/** The two files that a model with split weights is loaded from: itself with Q4_0 in the place of Q4_1, and an adapter with the offsets. */
import { encodePairs } from '../gguf/encode-metadata.ts';
import type { ByteSource } from '../gguf/byte-source.ts';
import { copiedPairs, copiedTensor, tensorData } from '../gguf/copied-parts.ts';
import type { Gguf, GgufTensor } from '../gguf/gguf.ts';
import { alignmentOf, defaultAlignment, textOf } from '../gguf/gguf-values.ts';
import { metadataRanges } from '../gguf/metadata-ranges.ts';
import type { GgufToWrite, TensorToWrite } from '../gguf/write-gguf.ts';
import {
  blockSums,
  codeBlockBytes,
  codesOf,
  offsetColumns,
  offsetRowBytes,
  offsetsOf,
  sourceBlockBytes,
} from './split-q4-1.ts';
import type { SplitTensor } from './split-tensors.ts';

export interface SplitModel {
  readonly weights: GgufToWrite;
  readonly offsets: GgufToWrite;
}

/** `tensors`: of `splitTensors`, at least one. Reading the data throws as `readPieces` does, and `RangeError` where a weight is not finite. */
export async function splitModel(
  source: ByteSource,
  header: Gguf,
  tensors: readonly SplitTensor[],
): Promise<SplitModel> {
  const splits = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const data: Data = (tensor, unitBytes) => tensorData(source, header, tensor, unitBytes);
  return {
    weights: {
      pairs: copiedPairs(source, await metadataRanges(source)),
      tensors: [
        ...header.tensors.filter(({ name }) => !splits.has(name)).map((tensor) => copiedTensor(source, header, tensor)),
        // Last, since the engine keeps a copy of these in another order and gives up the end of a mapping that it does not need.
        ...header.tensors.filter(({ name }) => splits.has(name)).map((tensor) => codeTensor(tensor, data)),
      ],
      alignment: alignmentOf(header),
    },
    offsets: {
      pairs: adapterPairs(header),
      tensors: header.tensors.flatMap((tensor) => {
        const split = splits.get(tensor.name);
        return split === undefined ? [] : [sumsTensor(split), offsetsTensor(split, tensor, data)];
      }),
      alignment: defaultAlignment,
    },
  };
}

type Data = (tensor: GgufTensor, unitBytes: number) => AsyncIterable<Uint8Array>;

function codeTensor(tensor: GgufTensor, data: Data): TensorToWrite {
  const { name, shape, sizeBytes } = tensor;
  return {
    name,
    shape,
    type: 'Q4_0',
    sizeBytes: (sizeBytes / sourceBlockBytes) * codeBlockBytes,
    async *data() {
      for await (const blocks of data(tensor, sourceBlockBytes)) yield codesOf(blocks);
    },
  };
}

function sumsTensor({ name, rowBlocks }: SplitTensor): TensorToWrite {
  const columns = offsetColumns(rowBlocks);
  return {
    name: `${name}.lora_a`,
    shape: [rowBlocks * 32, columns],
    type: 'Q4_0',
    sizeBytes: columns * rowBlocks * codeBlockBytes,
    async *data() {
      yield blockSums(rowBlocks);
    },
  };
}

function offsetsTensor({ name, rowBlocks, rows }: SplitTensor, tensor: GgufTensor, data: Data): TensorToWrite {
  return {
    name: `${name}.lora_b`,
    shape: [offsetColumns(rowBlocks), rows],
    type: 'Q8_0',
    sizeBytes: offsetRowBytes(rowBlocks) * rows,
    async *data() {
      for await (const blocks of data(tensor, rowBlocks * sourceBlockBytes)) yield offsetsOf(blocks, rowBlocks);
    },
  };
}

function adapterPairs(header: Gguf): GgufToWrite['pairs'] {
  return encodePairs([
    ['general.type', { type: 'string', value: 'adapter' }],
    ['general.architecture', { type: 'string', value: textOf(header, 'general.architecture') ?? '' }],
    ['adapter.type', { type: 'string', value: 'lora' }],
  ]);
}
