/** The rooms of docs/architecture.md as a test over the import graph: a file imports from rooms below its own, or its own. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../src/', import.meta.url));

/** Each room with the rooms it may import from, besides itself. `main.ts` sees all. */
const parent = ['api', 'formats', 'config', 'core'];
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  program: [],
  config: ['core'],
  formats: ['core', 'config'],
  api: ['core', 'config', 'formats'],
  llama: ['api', 'formats', 'config', 'core', 'engine/runner-protocol.ts'],
  runner: ['llama', 'api', 'formats', 'config', 'core', 'engine/runner-protocol.ts'],
  prompt: parent,
  store: parent,
  registry: parent,
  engine: [...parent, 'store/stored-model.ts'],
  scheduler: ['engine', 'store', 'prompt', ...parent],
  usecases: ['scheduler', 'engine', 'store', 'registry', 'prompt', ...parent],
  http: ['usecases', 'scheduler', 'engine', 'store', 'registry', 'prompt', ...parent],
  cli: parent,
};

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(source, file), 'utf8');
  const found = text.matchAll(/(?:^|\s)(?:import|export)\s[^;'"]*?from\s+'(\.[^']+)'|import\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, fromPath, barePath]) => {
    const target = path.posix.join(path.posix.dirname(file), fromPath ?? barePath ?? '');
    return { from: file, to: target };
  });
}

const room = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const imports = files.flatMap(importsOf);

describe('direction of imports', () => {
  test('the graph was read', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(files.length);
  });

  test('every room is known', () => {
    const rooms = new Set(files.map(room).filter((name) => name !== ''));
    expect([...rooms].filter((name) => allowed[name] === undefined)).toEqual([]);
  });

  test('a file imports only from its own room or from rooms below', () => {
    const upward = imports.filter(({ from, to }) => {
      const rooms = allowed[room(from)];
      if (rooms === undefined || room(from) === room(to)) return false;
      return !rooms.includes(room(to)) && !rooms.includes(to);
    });
    expect(upward).toEqual([]);
  });

  test('the server never imports what loads native code', () => {
    const native = imports.filter(
      ({ from, to }) => !['runner', 'llama'].includes(room(from)) && ['runner', 'llama'].includes(room(to)),
    );
    expect(native).toEqual([]);
    const koffi = files.filter(
      (file) =>
        room(file) !== 'llama' &&
        room(file) !== 'runner' &&
        /from 'koffi'/.test(readFileSync(path.join(source, file), 'utf8')),
    );
    expect(koffi).toEqual([]);
  });

  test('formats touches neither files nor the network', () => {
    const touching = files.filter(
      (file) =>
        room(file) === 'formats' &&
        /from 'node:(fs|net|http|https|child_process)/.test(readFileSync(path.join(source, file), 'utf8')),
    );
    expect(touching).toEqual([]);
  });
});
