import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatByteSize } from './byte-size.ts';

describe('formatByteSize', () => {
  const sizes: [bytes: number, text: string][] = [
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1_000, '1 KB'],
    [1_250, '1.2 KB'],
    [1_750, '1.8 KB'],
    [9_990, '10.0 KB'],
    [10_000, '10 KB'],
    [10_999, '10 KB'],
    [45_949_216, '45 MB'],
    [98_362_643, '98 MB'],
    [999_999_999, '999 MB'],
    [1_000_000_000, '1 GB'],
    [9_600_000_000, '9.6 GB'],
    [404_430_188_519, '404 GB'],
    [1_500_000_000_000, '1.5 TB'],
    [2_000_000_000_000_000, '2000 TB'],
  ];
  it.each(sizes)('%d bytes are %s', (bytes, text) => {
    expect(formatByteSize(bytes)).toBe(text);
  });

  it('never takes more than seven columns below a petabyte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 - 1 }), (bytes) => {
        expect(formatByteSize(bytes).length).toBeLessThanOrEqual(7);
      }),
    );
  });
});
