import { expect, it } from 'vitest';
import { parsePrivateBytes, parseProportionalBytes, parseResidentBytes } from './process-memory.ts';
import { parseProcessStat } from './process-table.ts';

it('reads a stat line whose name holds spaces and brackets', () => {
  const rest = Array.from({ length: 17 }, (_, index) => index).join(' ');
  expect(parseProcessStat(42, `42 (odd) name (x) S 7 ${rest} 987654 1 2\n`)).toEqual({
    pid: 42,
    parentPid: 7,
    startTicks: '987654',
    state: 'S',
  });
});

it('has no entry for a text that is no stat line', () => {
  expect(parseProcessStat(42, '')).toBeUndefined();
});

it('reads resident memory, its share of shared pages, and adds up the private pages', () => {
  const text = [
    '55d0-7ffc ---p 00000000 00:00 0    [rollup]',
    'Rss:               90000 kB',
    'Pss:               80000 kB',
    'Pss_Dirty:          7000 kB',
    'Shared_Clean:       5000 kB',
    'Private_Clean:       100 kB',
    'Private_Dirty:      2000 kB',
    'Private_Hugetlb:       4 kB',
    'Anonymous:         2000 kB',
  ].join('\n');
  expect(parsePrivateBytes(text)).toBe(2104 * 1024);
  expect(parseResidentBytes(text)).toBe(90_000 * 1024);
  expect(parseProportionalBytes(text)).toBe(80_000 * 1024);
  expect(() => parsePrivateBytes('')).toThrow('no private lines');
  expect(() => parseResidentBytes('Pss: 1 kB')).toThrow('no line Rss');
});
