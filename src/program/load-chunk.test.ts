import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { codeCacheFile, compiledCode, loadChunk } from './load-chunk.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'corral-chunks-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, source: string): string {
  const file = path.join(dir, name);
  writeFileSync(file, source);
  return file;
}

describe('a chunk', () => {
  test('runs once, with what it needs', () => {
    write('other.js', 'exports.count = (globalThis.ranChunks ?? 0) + 1; globalThis.ranChunks = exports.count;');
    const first = write('first.js', 'exports.other = require("./other.js"); exports.sep = require("node:path").sep;');
    const second = write('second.js', 'module.exports = [require("./other.js").count, __filename, __dirname];');
    expect(loadChunk(first)).toEqual({ other: { count: 1 }, sep: path.sep });
    expect(loadChunk(second)).toEqual([1, second, dir]);
    expect(loadChunk(first)).toBe(loadChunk(first));
  });

  test('may need one that needs it', () => {
    const one = write('one.js', 'exports.early = 1; exports.seen = require("./two.js").seen;');
    write('two.js', 'exports.seen = require("./one.js").early;');
    expect(loadChunk(one)).toEqual({ early: 1, seen: 1 });
  });

  test.each([
    ['of another source', (): Buffer => compiledCode(write('longer.js', 'exports.answer = "of the longer source";'))],
    ['that is damaged', () => Buffer.from('not compiled code')],
    ['that is empty', () => Buffer.alloc(0)],
  ])('runs beside compiled code %s', (_, code) => {
    const file = write('plain.js', 'exports.answer = 42;');
    writeFileSync(codeCacheFile(file), code());
    expect(loadChunk(file)).toEqual({ answer: 42 });
  });
});

/** Prints, for every chunk that has compiled code, whether V8 takes it. */
const judge = `
const fs = require('node:fs'), vm = require('node:vm'), Module = require('node:module');
const verdicts = process.argv.slice(1).map((file) => {
  const script = new vm.Script(Module.wrap(fs.readFileSync(file, 'latin1')), { filename: file, cachedData: fs.readFileSync(file + '.cache') });
  return script.cachedDataRejected;
});
process.stdout.write(JSON.stringify(verdicts));`;

test('the compiled code of the build fits this Node', () => {
  const chunks = fileURLToPath(new URL('../../program/chunks/', import.meta.url));
  const cached = readdirSync(chunks).filter((name) => name.endsWith('.cache'));
  expect(cached.some((name) => name.startsWith('server-'))).toBe(true);
  const files = cached.map((name) => path.join(chunks, name.slice(0, -'.cache'.length)));
  const verdicts = execFileSync(process.execPath, ['-e', judge, ...files], { encoding: 'utf8' });
  expect(JSON.parse(verdicts)).toEqual(files.map(() => false));
});
