/**
 * Q4_1 weights as Q4_0 weights and offsets: the same numbers, in types that processors have fast kernels for.
 *
 * A block of 32 weights in Q4_1 is `d * q + m`, in Q4_0 it is `d * (q - 8)`. So `d * q + m = d * (q - 8) + c` with `c = m + 8 d`: the codes stay
 * as they are, and what is left is one number per block. A matrix times a vector x is then the Q4_0 matrix times x, plus a matrix of the
 * c times the sums of x over each block of 32, which is what an adapter computes: B (A x), A adding up blocks (`blockSums`), B holding the c.
 *
 * B is Q8_0, whose kernels give the same bits for one token as for many. Eight bits are too few for c, so there are two of them: the first says c to
 * within half a step of its row, the second what is missing, 128 times as large; its row of A has 1/128 instead of 1.
 */
import { halfAtLeast, halfValues } from './half-float.ts';

export const blockElements = 32;
export const sourceBlockBytes = 20;
export const codeBlockBytes = 18;
const offsetBlockBytes = 34;

/** Halves of a block: d, m and 16 bytes of codes before; d and the codes after. */
const sourceHalves = sourceBlockBytes / 2;
const codeHalves = codeBlockBytes / 2;

const largestCode = 127;
const refinement = 128;
const one = 0x3c00;
/** 1 / 128. */
const oneRefined = 0x2000;
/** Two codes of q - 8 = 1. */
const onesByte = 0x99;

/** Columns of B and rows of A, for rows of so many blocks: two for each, filled up to whole Q8_0 blocks. */
export function offsetColumns(rowBlocks: number): number {
  return Math.ceil((2 * rowBlocks) / blockElements) * blockElements;
}

/** Bytes of one row of B. */
export function offsetRowBytes(rowBlocks: number): number {
  return (offsetColumns(rowBlocks) / blockElements) * offsetBlockBytes;
}

/** Q4_1 blocks, any number of whole ones, to Q4_0. */
export function codesOf(source: Uint8Array): Uint8Array {
  const from = halvesOf(source);
  const to = new Uint16Array((from.length / sourceHalves) * codeHalves);
  for (let read = 0, write = 0; read < from.length; read += sourceHalves, write += codeHalves) {
    to[write] = from[read] ?? 0;
    for (let half = 1; half < codeHalves; half++) to[write + half] = from[read + half + 1] ?? 0;
  }
  return new Uint8Array(to.buffer);
}

/** Q4_1 rows, any number of whole ones, to rows of B. Throws `RangeError` where a weight is not finite. */
export function offsetsOf(source: Uint8Array, rowBlocks: number): Uint8Array {
  const from = halvesOf(source);
  const rows = from.length / sourceHalves / rowBlocks;
  const rowBytes = offsetRowBytes(rowBlocks);
  const to = Buffer.alloc(rows * rowBytes);
  const offsets = new Float64Array(rowBlocks);
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let block = 0; block < rowBlocks; block++) {
      const at = (row * rowBlocks + block) * sourceHalves;
      const offset = (halfValues[from[at + 1] ?? 0] ?? 0) + 8 * (halfValues[from[at] ?? 0] ?? 0);
      offsets[block] = offset;
      largest = Math.max(largest, Math.abs(offset));
    }
    if (!Number.isFinite(largest)) throw new RangeError('a weight is not finite');
    writeRow(to.subarray(row * rowBytes, (row + 1) * rowBytes), offsets, largest);
  }
  return to;
}

/** One scale for the whole row: a first part and a second one may lie in the same Q8_0 block. */
function writeRow(to: Buffer, offsets: Float64Array, largest: number): void {
  const scaleBits = halfAtLeast(largest / largestCode);
  const scale = halfValues[scaleBits] ?? 0;
  for (let at = 0; at < to.length; at += offsetBlockBytes) to.writeUInt16LE(scaleBits, at);
  if (scale === 0) return;
  for (let block = 0; block < offsets.length; block++) {
    const code = (offsets[block] ?? 0) / scale;
    const coarse = Math.round(code);
    to.writeInt8(coarse, placeOf(block));
    to.writeInt8(Math.round((code - coarse) * refinement), placeOf(offsets.length + block));
  }
}

function placeOf(column: number): number {
  return Math.floor(column / blockElements) * offsetBlockBytes + 2 + (column % blockElements);
}

/** A, in Q4_0: row i adds up block i of a vector of so many blocks, row `rowBlocks` + i adds up a 128th of it, the rest are zero. */
export function blockSums(rowBlocks: number): Uint8Array {
  const rowBytes = rowBlocks * codeBlockBytes;
  const to = Buffer.alloc(offsetColumns(rowBlocks) * rowBytes);
  for (let block = 0; block < rowBlocks; block++) {
    for (const [row, scale] of [
      [block, one],
      [rowBlocks + block, oneRefined],
    ] as const) {
      const at = row * rowBytes + block * codeBlockBytes;
      to.writeUInt16LE(scale, at);
      to.fill(onesByte, at + 2, at + codeBlockBytes);
    }
  }
  return to;
}

/** Pieces of a file begin where they like; halves have to begin at even places. */
function halvesOf(bytes: Uint8Array): Uint16Array {
  const even = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint16Array(even.buffer, even.byteOffset, even.length / 2);
}
