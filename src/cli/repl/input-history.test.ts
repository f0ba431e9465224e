import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addEntry, maxHistoryEntries, openInputHistory } from './input-history.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'corral-history-'));
  file = path.join(folder, 'home', 'history');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('input history', () => {
  test('entries come back in the next session, several lines as one entry', () => {
    const history = openInputHistory(file, true);
    history.add('안녕');
    history.add('"""a\nb"""');
    expect(openInputHistory(file, true).entries).toEqual(['안녕', '"""a\nb"""']);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });

  test('only the user can read the file', () => {
    openInputHistory(file, true).add('private');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a file others could read is closed to them by the next entry', () => {
    const history = openInputHistory(file, true);
    history.add('one');
    chmodSync(file, 0o644);
    history.add('two');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('nothing is read or written when history is off', () => {
    openInputHistory(file, true).add('before');
    const off = openInputHistory(file, false);
    off.add('secret');
    expect(off.entries).toEqual([]);
    expect(openInputHistory(file, true).entries).toEqual(['before']);
  });

  test('it can be switched off and on within a session', () => {
    const history = openInputHistory(file, true);
    history.setEnabled(false);
    history.add('secret');
    history.setEnabled(true);
    history.add('public');
    expect(openInputHistory(file, true).entries).toEqual(['public']);
  });

  test('two sessions at once lose nothing of each other', () => {
    const one = openInputHistory(file, true);
    const two = openInputHistory(file, true);
    one.add('from one');
    two.add('from two');
    expect(openInputHistory(file, true).entries).toEqual(['from one', 'from two']);
  });

  test('the newest hundred are kept, and a repetition only once', () => {
    let entries: readonly string[] = [];
    for (let index = 0; index < 150; index += 1)
      entries = addEntry(addEntry(entries, `line ${index}`), `line ${index}`);
    expect(entries).toHaveLength(maxHistoryEntries);
    expect(entries.at(-1)).toBe('line 149');
    expect(entries[0]).toBe('line 50');
  });

  test('a home that cannot be written loses the file, not the session', () => {
    writeFileSync(path.join(folder, 'home'), 'a file where the folder should be');
    const history = openInputHistory(file, true);
    history.add('kept for now');
    expect(history.entries).toEqual(['kept for now']);
  });
});
