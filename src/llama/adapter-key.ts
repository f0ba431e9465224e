/** What tells one set of adapters from another: requests of one key may share a step and KV cells. */
export function adapterKey(paths: readonly string[]): string {
  // A path holds no NUL, so no two lists of paths join to the same key.
  return paths.join('\0');
}
