// A path holds no NUL, so no two lists of paths join to the same key.
const separator = '\0';

/** What tells one set of adapters from another: requests of one key may share a step and KV cells. */
export function adapterKey(paths: readonly string[]): string {
  return paths.join(separator);
}

/** The paths again. */
export function adapterPaths(key: string): string[] {
  return key === '' ? [] : key.split(separator);
}
