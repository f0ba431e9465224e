import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTuningRecord } from './tuning-record.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'corral-tuning-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const weights = '/blobs/sha256-1';
const tuning = { threads: 6, promptTokensPerMs: 0.25 };

describe('tuning record', () => {
  test('what was kept is found again, for these weights and choices alone', () => {
    const file = path.join(folder, 'new', 'tuning.json');
    openTuningRecord(file).keep(weights, [8, 6], tuning);
    const record = openTuningRecord(file);
    expect(record.find(weights, [8, 6])).toEqual(tuning);
    expect(record.find('/elsewhere/sha256-1', [8, 6])).toEqual(tuning);
    expect(record.find('/blobs/sha256-2', [8, 6])).toBeUndefined();
    expect(record.find(weights, [4])).toBeUndefined();
    expect(statSync(file).mode & 0o077).toBe(process.platform === 'win32' ? statSync(file).mode & 0o077 : 0);
  });

  test('the newest stay, within a bound', () => {
    const record = openTuningRecord(path.join(folder, 'tuning.json'));
    for (let number = 0; number < 300; number++) record.keep(`/blobs/sha256-${number}`, [2], tuning);
    expect(record.find('/blobs/sha256-299', [2])).toEqual(tuning);
    expect(record.find('/blobs/sha256-0', [2])).toBeUndefined();
  });

  test.each(['', '{', '{"version":1,"entries":[{"key":"a","threads":-1,"promptTokensPerMs":1}]}'])(
    'a file that holds %j is as good as none, and is written anew',
    (text) => {
      const file = path.join(folder, 'tuning.json');
      writeFileSync(file, text);
      const record = openTuningRecord(file);
      expect(record.find(weights, [2])).toBeUndefined();
      record.keep(weights, [2], tuning);
      expect(record.find(weights, [2])).toEqual(tuning);
    },
  );

  test('where nothing can be written nothing fails', () => {
    writeFileSync(path.join(folder, 'file'), '');
    const record = openTuningRecord(path.join(folder, 'file', 'tuning.json'));
    record.keep(weights, [2], tuning);
    expect(record.find(weights, [2])).toBeUndefined();
  });
});
