import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../terminal/text-width.ts';
import { transferLine } from './transfer-line.ts';

const transfer = {
  name: 'pulling 4d3bd1e8f6c9',
  completedBytes: 41_500_000,
  totalBytes: 98_000_000,
  bytesPerSecond: 12_000_000,
};

describe('a transfer line', () => {
  test.each([
    [
      'wide',
      100,
      'pulling 4d3bd1e8f6c9:  42% ▕████████████████                       ▏  41 MB/ 98 MB   12 MB/s      5s',
    ],
    ['usual', 80, 'pulling 4d3bd1e8f6c9:  42% ▕████████           ▏  41 MB/ 98 MB   12 MB/s      5s'],
    ['without its rate', 60, 'pulling 4d3bd1e8f6c9:  42% ▕███      ▏  41 MB/ 98 MB      5s'],
    ['without its time', 52, 'pulling 4d3bd1e8f6c9:  42% ▕███      ▏  41 MB/ 98 MB'],
    ['without its sizes', 40, 'pulling 4d3bd1e8f6c9:  42% ▕████      ▏'],
    ['without its bar', 30, 'pulling 4d3bd1e8f6c9:  42%'],
    ['with a cut name', 20, 'pulling 4d3bd1…  42%'],
  ])('%s', (_name, columns, line) => {
    expect(transferLine(transfer, columns)).toBe(line);
  });

  test.each([
    ['that is over', { completedBytes: 98_000_000, bytesPerSecond: undefined }, ' 100% ▕███████████████████▏  98 MB'],
    [
      'that is almost over',
      { completedBytes: 97_999_999, bytesPerSecond: undefined },
      ' 99% ▕██████████████████ ▏  97 MB/ 98 MB',
    ],
    ['that stands still', { bytesPerSecond: 0 }, ' 42% ▕████████           ▏  41 MB/ 98 MB     0 B/s    99h+'],
    ['that is slow', { bytesPerSecond: 15_000 }, '▏  41 MB/ 98 MB   15 KB/s    1h2m'],
    ['that takes minutes', { bytesPerSecond: 200_000 }, '▏  41 MB/ 98 MB  200 KB/s   4m43s'],
    [
      'of nothing',
      { totalBytes: 0, completedBytes: 0, bytesPerSecond: undefined },
      ' 100% ▕███████████████████▏    0 B',
    ],
  ])('%s', (_name, change, end) => {
    const line = transferLine({ ...transfer, ...change }, 80);
    expect(line.slice(-end.length)).toBe(end);
  });

  test('fits every width, whatever its name', () => {
    const name = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\p{Cc}/gu, ''));
    fc.assert(
      fc.property(
        name,
        fc.integer({ min: 8, max: 200 }),
        fc.nat(),
        fc.nat(),
        (text, columns, completedBytes, totalBytes) => {
          const line = transferLine({ ...transfer, name: text, completedBytes, totalBytes }, columns);
          expect(textWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
