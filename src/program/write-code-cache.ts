/** The last step of the build: runs each large chunk once and puts the code that V8 made of it beside it. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { codeCacheFile, compiledCode } from './load-chunk.ts';

/** Smaller files are compiled as fast as their cache would be read. */
const smallestBytes = 32 * 1024;

const chunksDir = fileURLToPath(new URL('chunks/', import.meta.url));

for (const name of readdirSync(chunksDir)) {
  const file = path.join(chunksDir, name);
  if (name.endsWith('.js') && statSync(file).size >= smallestBytes)
    writeFileSync(codeCacheFile(file), compiledCode(file));
}
