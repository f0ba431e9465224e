/** Byte counts as people read them in listings: decimal units, at most two significant digits below ten (`9.6 GB`, `98 MB`). */

const units = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
] as const;

/**
 * `bytes` in the largest fitting decimal unit: whole units, cut off, from ten upwards; one decimal below ten unless it is whole.
 * The same texts as Ollama's listings, because scripts cut columns out of them.
 */
export function formatByteSize(bytes: number): string {
  for (const [unit, size] of units) {
    if (bytes < size) continue;
    const value = bytes / size;
    if (value >= 10 || Number.isInteger(value)) return `${Math.trunc(value)} ${unit}`;
    return `${oneDecimal(value)} ${unit}`;
  }
  return `${Math.trunc(bytes)} B`;
}

// toFixed rounds an exact half up, C and Go round it to even: 1.25 must give 1.2. Only quarters are exact halves of a tenth.
function oneDecimal(value: number): string {
  return value % 1 === 0.25 ? `${Math.trunc(value)}.2` : value.toFixed(1);
}
