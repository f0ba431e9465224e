/**
 * Remembers what program/ was built of, and tells whether that is still so: `node made-of.mjs` behind a build, `--forget` at its
 * beginning, `--check` to ask (exit code 1 = build). npx runs `prepare` once more for a package in its own folder, and whoever follows the README waited for a second build.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const record = path.join(root, 'program', 'made-of');

const configurations = [
  'package.json',
  'package-lock.json',
  'rolldown.config.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** Of everything that the build reads, and of Node, whose compiled code lies beside the program. */
function digestOfSources() {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join('src', name));
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  for (const name of [...configurations, ...sources.sort()]) {
    const file = path.join(root, name);
    if (existsSync(file)) hash.update(`\0${name}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const [, , what] = process.argv;
if (what === '--forget') rmSync(record, { force: true });
else if (what !== '--check') writeFileSync(record, digestOfSources());
else if (!existsSync(record) || readFileSync(record, 'utf8') !== digestOfSources()) process.exitCode = 1;
