/** Changes of number format. Halves are rounded to the nearest, ties to even, as every other converter does. */
import { halfValues } from '../split-weights/half-float.ts';

export type FloatType = 'F32' | 'F16' | 'BF16';

export const floatBytes: Readonly<Record<FloatType, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Little-endian numbers of format `from` as format `to`; the same bytes where they are equal. To BF16 nothing is converted. */
export function converted(bytes: Uint8Array, from: FloatType, to: 'F32' | 'F16'): Uint8Array {
  if (from === to) return bytes;
  const numbers = from === 'F32' ? asFloats(bytes) : widened(bytes, from);
  return new Uint8Array(to === 'F32' ? numbers.buffer : narrowed(numbers).buffer);
}

function widened(bytes: Uint8Array, from: 'F16' | 'BF16'): Float32Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  if (from === 'F16') return Float32Array.from(halves, (bits) => halfValues[bits] ?? 0);
  const bits = new Uint32Array(halves.length);
  for (let at = 0; at < bits.length; at++) bits[at] = (halves[at] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

/** The numbers of single-precision bytes, perhaps in the same memory. */
export function asFloats(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

/** Typed arrays begin at multiples of their elements; what doesn't is copied. */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes));

function narrowed(numbers: Float32Array): Uint16Array {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const halves = new Uint16Array(bits.length);
  for (let at = 0; at < bits.length; at++) halves[at] = halfBits(bits[at] ?? 0);
  return halves;
}

/** `bits` of a single-precision number. Source: IEEE 754, 4.3.1. */
function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x4780_0000) return sign | 0x7c00; // 65536 and more, infinity
  if (magnitude >= 0x3880_0000) {
    // The carry of rounding runs into the exponent, as it should, up to infinity.
    return sign | ((magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  if (magnitude < 0x3300_0000) return sign; // less than half of the least
  const shift = 126 - (magnitude >>> 23);
  const fraction = (magnitude & 0x7f_ffff) | 0x80_0000;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}
