/** How many tokens, `most` at the most, two lists begin with in common. */
export function commonPrefixLength(a: readonly number[], b: readonly number[], most: number): number {
  const end = Math.min(a.length, b.length, most);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}
