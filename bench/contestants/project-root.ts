import { existsSync } from 'node:fs';
import path from 'node:path';

/** The checkout's root, found upwards because compiled and source files lie at different depths. */
export const projectRoot = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error('the benchmark does not lie inside the project');
  return findRoot(parent);
}
