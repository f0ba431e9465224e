/** What the files of a request are called there: relative to the folder that they share, because a server must not see more of a path. */
import path from 'node:path';

/** Name by absolute path, with forward slashes; a single file has its own name alone. */
export function sharedFileNames(files: readonly string[]): ReadonlyMap<string, string> {
  const root = sharedFolder(files);
  return new Map(files.map((file) => [file, path.relative(root, file).split(path.sep).join('/')]));
}

function sharedFolder(files: readonly string[]): string {
  const [first = [], ...others] = files.map((file) => path.dirname(file).split(path.sep));
  const differs = (part: string, index: number): boolean => others.some((parts) => parts[index] !== part);
  const end = first.findIndex(differs);
  return (end === -1 ? first : first.slice(0, end)).join(path.sep) || path.sep;
}
