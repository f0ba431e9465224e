import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinPieces, splitPieces, windowPieces } from './saved-pieces.ts';

test('no piece reaches over a window’s edge, and together they are the whole range', () => {
  expect(windowPieces(10, 150, 64)).toEqual([
    { from: 10, to: 64 },
    { from: 64, to: 128 },
    { from: 128, to: 150 },
  ]);
  expect(windowPieces(64, 128, 64)).toEqual([{ from: 64, to: 128 }]);
  expect(windowPieces(5, 5, 64)).toEqual([]);
});

test('what is joined is split into the same pieces', () => {
  const piece = fc.record({
    from: fc.nat(),
    to: fc.nat(),
    state: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(splitPieces(joinPieces(pieces))).toEqual(pieces);
    }),
  );
});
