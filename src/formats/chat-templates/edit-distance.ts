/**
 * Levenshtein distance between two texts, as far as it is below a limit. Chat templates come out of model files, so their length is
 * bounded, and only the cells near the diagonal that can still stay below the limit are computed (Ukkonen 1985): time is the length
 * times twice the limit, not the product of both lengths.
 */

/** The number of code points to insert, remove or replace; undefined once it is `limit` or more. */
export function editDistanceBelow(
  limit: number,
  left: readonly number[],
  right: readonly number[],
): number | undefined {
  if (limit <= 0 || Math.abs(left.length - right.length) >= limit) return undefined;
  const unreachable = limit;
  let previous = new Int32Array(right.length + 2).fill(unreachable);
  for (let column = 0; column <= Math.min(right.length, limit); column++) previous[column] = column;
  let current = new Int32Array(right.length + 2).fill(unreachable);
  for (let row = 1; row <= left.length; row++) {
    const first = Math.max(1, row - limit);
    const last = Math.min(right.length, row + limit);
    current[first - 1] = first === 1 ? row : unreachable;
    let least = current[first - 1] ?? unreachable;
    for (let column = first; column <= last; column++) {
      const replaced = (previous[column - 1] ?? unreachable) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? unreachable) + 1;
      const inserted = (current[column - 1] ?? unreachable) + 1;
      const cost = Math.min(replaced, removed, inserted);
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (least >= limit) return undefined;
    current[last + 1] = unreachable;
    [previous, current] = [current, previous];
  }
  const distance = previous[right.length] ?? unreachable;
  return distance < limit ? distance : undefined;
}
