/** Index of the first character (Unicode) in which the texts differ; undefined if they are equal. */
export function firstDifference(one: string, other: string): number | undefined {
  if (one === other) return undefined;
  const left = Array.from(one);
  const right = Array.from(other);
  const at = left.findIndex((character, index) => character !== right[index]);
  return at === -1 ? left.length : at;
}
