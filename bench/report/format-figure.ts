/** A figure with the three digits that a noisy measurement can carry: `1234`, `56.7`, `8.90`. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** `x1.25`: how many times better Corral is. */
export function formatRatio(ratio: number): string {
  return `x${ratio.toFixed(2)}`;
}
