/**
 * The double with the fewest decimal digits that rounds to the same single-precision number: what the file's author wrote, and what
 * Go prints for a float32. 9 digits always suffice (IEEE 754 binary32).
 */
export function shortestFloat(float32: number): number {
  // Whole numbers up to 2^24 have no shorter form; infinities and NaN none at all.
  if (!Number.isFinite(float32) || (Number.isInteger(float32) && Math.abs(float32) <= 16_777_216)) return float32;
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(float32.toPrecision(digits));
    if (Math.fround(candidate) === float32) return candidate;
  }
  return Number(float32.toPrecision(9));
}
