/** IEEE 754 half precision, as its 16 bits. */

const table = new Float32Array(0x1_0000);
for (let bits = 0; bits < table.length; bits++) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
  else if (exponent < 31) table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  else table[bits] = fraction === 0 ? sign * Infinity : NaN;
}

/** The number that every pattern of 16 bits stands for. */
export const halfValues: Readonly<Float32Array> = table;

/** The bits of the least half that is `value` or more; `value` from 0 to 65504. */
export function halfAtLeast(value: number): number {
  // Halves that are not negative are ordered as their bits are.
  let low = 0;
  let high = largestBits;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] ?? 0) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Of 65504. */
const largestBits = 0x7bff;
