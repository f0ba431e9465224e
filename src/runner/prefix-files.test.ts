import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sealingKey } from '../formats/prefix-file/section.ts';
import { PrefixFiles } from './prefix-files.ts';

let folder = '';
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(tmpdir(), 'corral-prefix-')), 'kept');
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

const blobs = '/blobs';
const key = sealingKey(Buffer.alloc(32, 7)).toString('base64');
const tokens = Array.from({ length: 300 }, (_, index) => 1000 + index);
const state = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
const prefix = { adapters: ['/blobs/sha256-adapter'], tokens, from: 0, state };

function files(more: { key?: string; mostBytes?: number; model?: string; settings?: string[]; engine?: string } = {}) {
  const { engine = 'build 1', mostBytes = 1e9, model = 'sha256-weights', settings = ['f16'], key: secret } = more;
  return new PrefixFiles({ folder, mostBytes, model, settings, ...(secret && { key: secret }) }, blobs, engine);
}

const written = () => fs.readdirSync(folder).map((name) => path.join(folder, name));

describe.each([
  { name: 'plain', secret: {} },
  { name: 'sealed', secret: { key } },
])('prefix files, $name', ({ secret }) => {
  test('a later process finds what was saved', () => {
    files(secret).write(prefix);
    const later = files(secret);
    const [found] = later.list();
    expect(found).toMatchObject({ adapters: prefix.adapters, tokens, from: 0, stateBytes: state.length });
    expect(later.read(found?.file ?? '')).toEqual(state);
  });

  test('folder and files are for their owner alone', () => {
    files(secret).write(prefix);
    const [file = ''] = written();
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([
    { name: 'another engine build', other: { engine: 'build 2' } },
    { name: 'other weights', other: { model: 'sha256-others' } },
    { name: 'another type of KV cache', other: { settings: ['q8_0'] } },
  ])('$name does not see it, and leaves it alone', ({ other }) => {
    files(secret).write(prefix);
    expect(files({ ...secret, ...other }).list()).toEqual([]);
    expect(files(secret).list()).toHaveLength(1);
  });

  test('no byte of it can be changed unnoticed', () => {
    const store = files(secret);
    const file = store.write(prefix) ?? '';
    const whole = fs.readFileSync(file);
    // Every byte of header and tokens, and some of the cells.
    const places = Array.from({ length: whole.length }, (_, at) => at).filter((at) => at < 1600 || at % 97 === 0);
    for (const at of places) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      fs.writeFileSync(file, changed);
      const found = store.list().find((entry) => entry.file === file);
      const read = found && store.read(found.file);
      expect({ at, read }).toEqual({ at, read: undefined });
      expect(fs.existsSync(file)).toBe(false);
    }
  });

  test.each([0, 5, 100, 1700, -1])('a file cut to %i bytes is removed, never used', (length) => {
    const store = files(secret);
    const file = store.write(prefix) ?? '';
    const whole = fs.readFileSync(file);
    fs.writeFileSync(file, whole.subarray(0, length < 0 ? whole.length + length : length));
    expect(store.list()).toEqual([]);
    expect(written()).toEqual([]);
  });

  test('a link in its place is not followed', () => {
    const store = files(secret);
    const file = store.write(prefix) ?? '';
    const elsewhere = path.join(path.dirname(folder), 'elsewhere');
    fs.renameSync(file, elsewhere);
    fs.symlinkSync(elsewhere, file);
    expect(store.list()).toEqual([]);
    expect(fs.existsSync(elsewhere)).toBe(true);
  });
});

describe('prefix files', () => {
  test('of a sealed file neither tokens nor cells can be read, and its name can not be guessed', () => {
    const plainFile = files().write(prefix) ?? '';
    const sealedFile = files({ key }).write(prefix) ?? '';
    const sealed = fs.readFileSync(sealedFile);
    expect(sealed.includes(state.subarray(100, 164))).toBe(false);
    expect(sealed.includes(Buffer.from(Int32Array.from(tokens.slice(10, 20)).buffer))).toBe(false);
    expect(path.basename(sealedFile)).not.toBe(path.basename(plainFile));
  });

  test.each([
    { name: 'another key', reader: { key: sealingKey(Buffer.alloc(32, 8)).toString('base64') } },
    { name: 'no key', reader: {} },
  ])('a sealed file is nothing to $name', ({ reader }) => {
    files({ key }).write(prefix);
    expect(files(reader).list()).toEqual([]);
  });

  test('there is never more than the bound, the least recently used goes first', () => {
    const store = files({ mostBytes: 3 * 6600 });
    const paths = [1, 2, 3].map((number, index) => {
      const file = store.write({ ...prefix, tokens: tokens.map((token) => token * number) }) ?? '';
      fs.utimesSync(file, new Date(1e9 + index * 1000), new Date(1e9 + index * 1000));
      return file;
    });
    store.read(paths[0] ?? '');
    store.write({ ...prefix, tokens: tokens.map((token) => token * 4) });
    expect(paths.map((file) => fs.existsSync(file))).toEqual([true, false, true]);
    expect(store.list()).toHaveLength(3);
  });

  test('one that is larger than the bound is not written', () => {
    const store = files({ mostBytes: 1000 });
    expect(store.write(prefix)).toBeUndefined();
    expect(store.list()).toEqual([]);
  });

  test('what a killed runner left half written goes with the next file', () => {
    const store = files();
    store.write(prefix);
    const [old, young] = ['old.partial', 'young.partial'].map((name) => path.join(folder, name));
    for (const file of [old, young]) fs.writeFileSync(file ?? '', 'half');
    fs.utimesSync(old ?? '', new Date(1e9), new Date(1e9));
    store.write({ ...prefix, tokens: tokens.toReversed() });
    expect([old, young].map((file) => fs.existsSync(file ?? ''))).toEqual([false, true]);
  });

  test('a folder that can not be written to is no error', () => {
    fs.writeFileSync(folder, 'in the way');
    expect(files().write(prefix)).toBeUndefined();
  });
});
