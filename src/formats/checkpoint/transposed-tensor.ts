/** A matrix of a checkpoint with its rows and columns exchanged. It is held as a whole while it is read, so it must be a small one. */
import { quoted } from '../gguf/bad-gguf.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { CheckpointTensor } from './checkpoint.ts';

/** Bytes. One side of a LoRA of rank 256 on a matrix with 28,672 columns has 28 MiB in F32. */
const maxBytes = 64 * 1024 * 1024;

/** Of F16, BF16 or F32. Throws `bad_checkpoint` for one that is too large. */
export function transposedTensor(tensor: CheckpointTensor): CheckpointTensor {
  const { source, offsetBytes, sizeBytes, shape } = tensor;
  const [rows = 0, columns = 0] = shape;
  if (sizeBytes > maxBytes) throw badCheckpoint(`the tensor ${quoted(tensor.name)} is too large for a LoRA`);
  let whole: Promise<Uint8Array> | undefined;
  return {
    ...tensor,
    shape: [columns, rows],
    offsetBytes: 0,
    source: {
      sizeBytes,
      async read(offset, length) {
        whole ??= source.read(offsetBytes, sizeBytes).then((bytes) => exchanged(bytes, rows, columns));
        const bytes = (await whole).slice(offset, offset + length);
        // Tensors are read from their beginning to their end; nobody asks again.
        if (offset + length >= sizeBytes) whole = undefined;
        return bytes;
      },
    },
  };
}

function exchanged(bytes: Uint8Array, rows: number, columns: number): Uint8Array {
  const isHalf = bytes.length === 2 * rows * columns;
  const copy = Uint8Array.from(bytes).buffer;
  const from = isHalf ? new Uint16Array(copy) : new Uint32Array(copy);
  const to = isHalf ? new Uint16Array(from.length) : new Uint32Array(from.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column] ?? 0;
  }
  return new Uint8Array(to.buffer);
}
