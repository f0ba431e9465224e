import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coveringParts, layOutParts, parsePartRecord, printPartRecord, type PartRecord } from './part-layout.ts';

const part = (number: number, offset: number, sizeBytes: number): PartRecord => ({
  number,
  offset,
  sizeBytes,
  completedBytes: 0,
});

describe('parts', () => {
  test('of a blob of any size cover it', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000_000), (sizeBytes) => {
        const parts = layOutParts(sizeBytes);
        expect(coveringParts(parts.toReversed(), sizeBytes)).toEqual(parts);
      }),
    );
  });

  test.each([
    ['with a gap', [part(0, 0, 5), part(1, 6, 4)]],
    ['that overlap', [part(0, 0, 6), part(1, 5, 5)]],
    ['that end early', [part(0, 0, 5), part(1, 5, 4)]],
    ['with a number twice', [part(0, 0, 5), part(0, 5, 5)]],
    ['with a number that is too large', [part(0, 0, 5), part(2, 5, 5)]],
    ['without any byte', [part(0, 0, 0), part(1, 0, 10)]],
  ])('%s cover nothing', (_, parts) => {
    expect(coveringParts(parts, 10)).toBeUndefined();
  });
});

describe('a record', () => {
  test('is written as Ollama writes it', () => {
    expect(printPartRecord({ number: 1, offset: 2, sizeBytes: 4, completedBytes: 3 })).toBe(
      '{"N":1,"Offset":2,"Size":4,"Completed":3}\n',
    );
  });

  test.each([
    '',
    '{',
    'null',
    '{"N":0,"Offset":0,"Size":1,"Completed":2}',
    '{"N":-1,"Offset":0,"Size":1,"Completed":0}',
  ])('is not %j', (text) => {
    expect(parsePartRecord(text)).toBeUndefined();
  });

  test('that is printed is read back, and any text is a record or none', () => {
    const count = fc.nat();
    fc.assert(
      fc.property(count, count, count, count, fc.string(), (number, offset, sizeBytes, left, noise) => {
        const record = { number, offset, sizeBytes: sizeBytes + left, completedBytes: sizeBytes };
        expect(parsePartRecord(printPartRecord(record))).toEqual(record);
        parsePartRecord(noise);
      }),
    );
  });
});
