/** One tensor of a checkpoint on its way into a GGUF file, in pieces: weights are larger than memory. */
import { quoted } from '../gguf/bad-gguf.ts';
import { maxDimensions, maxTensorNameBytes } from '../gguf/gguf-limits.ts';
import { readPieces } from '../gguf/read-pieces.ts';
import type { TensorToWrite } from '../gguf/write-gguf.ts';
import { CorralError } from '../../core/corral-error.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { CheckpointTensor } from './checkpoint.ts';
import { asFloats, converted, floatBytes, type FloatType } from './number-formats.ts';

export interface TensorChanges {
  /** In GGUF. */
  readonly name: string;
  /** Rows come in this many heads, of each the first half before the second; in GGUF they take turns. */
  readonly rotaryHeads?: number | undefined;
  /** Whether 1 is added to each number. */
  readonly addsOne?: boolean;
  /** Rows that are kept, where there are more. */
  readonly rows?: number | undefined;
}

/** Bytes that are read at once. A head of 512 rows and 16,384 columns has 32 MiB in F32. */
const maxUnitBytes = 64 * 1024 * 1024;

/** Throws `bad_checkpoint` for a shape that can't be changed so, `not_supported` for a number format. */
export function convertedTensor(tensor: CheckpointTensor, changes: TensorChanges): TensorToWrite {
  const { source, offsetBytes } = tensor;
  const from = floatType(tensor);
  // GGUF has no tensors without a dimension.
  const shape = tensor.shape.length === 0 ? [1] : [...tensor.shape];
  if (shape.length > maxDimensions || Buffer.byteLength(changes.name) > maxTensorNameBytes) {
    throw badCheckpoint(`the tensor ${quoted(tensor.name)} has no place in a GGUF file`);
  }
  const rows = Math.min(shape[0] ?? 1, changes.rows ?? Infinity);
  const rowBytes = shape.slice(1).reduce((product, length) => product * length, floatBytes[from]);
  shape[0] = rows;
  if (rows * rowBytes === 0) throw badCheckpoint(`the tensor ${quoted(tensor.name)} is empty`);
  const to = changes.addsOne === true ? 'F32' : storedType(changes.name, shape, from);
  const unitRows = changes.rotaryHeads === undefined ? 1 : headRows(tensor, rows, changes.rotaryHeads);
  const unitBytes = unitRows === 1 ? floatBytes[from] : unitRows * rowBytes;
  if (unitBytes > maxUnitBytes) throw badCheckpoint(`the heads of ${quoted(tensor.name)} are too large`);

  return {
    name: changes.name,
    shape: shape.toReversed(),
    type: to,
    sizeBytes: (rows * rowBytes * floatBytes[to]) / floatBytes[from],
    async *data() {
      for await (const piece of readPieces(source, offsetBytes, rows * rowBytes, unitBytes)) {
        const ordered = unitRows === 1 ? piece : interleaved(piece, unitRows, rowBytes);
        const numbers = to === 'BF16' ? ordered : converted(ordered, from, to);
        yield changes.addsOne === true ? withOneAdded(numbers) : numbers;
      }
    },
  };
}

function floatType({ name, type }: CheckpointTensor): FloatType {
  if (type === 'F32' || type === 'F16' || type === 'BF16') return type;
  throw new CorralError('not_supported', `the tensor ${quoted(name)} has the number format ${type}`, {
    hint: 'F32, F16 and BF16 can be imported; convert others to GGUF with convert_hf_to_gguf.py of llama.cpp first.',
  });
}

/** Vectors are small and sensitive, the engine wants them in full; of matrices BF16 is kept and everything else becomes F16. */
function storedType(name: string, shape: readonly number[], from: FloatType): FloatType {
  if (shape.length <= 1 || name.endsWith('.bias') || name === 'token_types.weight') return 'F32';
  return from === 'BF16' ? 'BF16' : 'F16';
}

function headRows({ name }: CheckpointTensor, rows: number, heads: number): number {
  const each = rows / heads;
  if (heads > 0 && each > 0 && each % 2 === 0) return each;
  throw badCheckpoint(`the tensor ${quoted(name)} can't be divided into ${heads} heads`);
}

/** Of every `unitRows` rows the first half and the second take turns. */
function interleaved(piece: Uint8Array, unitRows: number, rowBytes: number): Uint8Array {
  const result = new Uint8Array(piece.length);
  const half = unitRows / 2;
  for (let unit = 0; unit < piece.length; unit += unitRows * rowBytes) {
    for (let row = 0; row < unitRows; row++) {
      const from = unit + ((row % 2) * half + Math.floor(row / 2)) * rowBytes;
      result.set(piece.subarray(from, from + rowBytes), unit + row * rowBytes);
    }
  }
  return result;
}

/** Of single-precision numbers. */
function withOneAdded(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(asFloats(bytes).map((value) => value + 1).buffer);
}
