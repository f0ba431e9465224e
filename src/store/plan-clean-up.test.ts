import { describe, expect, it } from 'vitest';
import { digestOf } from './test-store-folder.ts';
import { planCleanUp } from './plan-clean-up.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 0, 1);
const digest = digestOf('blob');
const blob = digest.replace(':', '-');
const nobody = { digests: new Set<typeof digest>(), marks: new Set<string>() };
const holder = { digests: new Set([digest]), marks: new Set(['0badcafe']) };
const file = (name: string, ageHours: number) => ({ name, modifiedAtMs: nowMs - ageHours * hourMs });

describe('clearing up', () => {
  const cases = [
    ['a blob of two hours may go', [file(blob, 2)], nobody, [digest], []],
    ['a blob of half an hour stays', [file(blob, 0.5)], nobody, [], []],
    ['a file from the future stays', [file('notes.txt', -5)], nobody, [], []],
    ['a misnamed file goes after an hour', [file('notes.txt', 1.1), file('new.txt', 0.9)], nobody, [], ['notes.txt']],
    ["Ollama's unfinished layer goes after an hour", [file('sha256-1234567', 1.1)], nobody, [], ['sha256-1234567']],
    ['an old blob name that could not be changed goes', [file(`${blob}.bak`, 2)], nobody, [], [`${blob}.bak`]],
    ['a partial download of six days stays', [file(`${blob}-partial`, 144)], nobody, [], []],
    [
      'a partial download of eight days goes, with its parts',
      [file(`${blob}-partial`, 192), file(`${blob}-partial-0`, 192)],
      nobody,
      [],
      [`${blob}-partial`, `${blob}-partial-0`],
    ],
    [
      'a partial download stays whole while any part of it is written',
      [file(`${blob}-partial`, 192), file(`${blob}-partial-3`, 1)],
      nobody,
      [],
      [],
    ],
    ['a partial download that is held stays', [file(`${blob}-partial`, 192)], holder, [], []],
    ['a temporary file of a process with a hold stays', [file('sha256-corral-77-0badcafe-3', 5)], holder, [], []],
    [
      'a temporary file of any other process goes after an hour',
      [file('sha256-corral-77-0badcaff-3', 5)],
      holder,
      [],
      ['sha256-corral-77-0badcaff-3'],
    ],
  ] as const;
  it.each(cases)('%s', (_, files, held, digests, doomed) => {
    expect(planCleanUp(files, held, nowMs)).toEqual({ digests, files: doomed });
  });
});
