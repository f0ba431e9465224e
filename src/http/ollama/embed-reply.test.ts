import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { shortNumbers } from './embed-reply.ts';

it('writes numbers that are the same float32 values', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (vector) => {
      const read = JSON.parse(JSON.stringify(shortNumbers(vector))) as number[];
      expect(Float32Array.from(read)).toEqual(vector.map((value) => (Object.is(value, -0) ? 0 : value)));
    }),
  );
});

it('writes few digits', () => {
  const vector = Float32Array.from({ length: 384 }, (_, index) => Math.sin(index + 1) / 20);
  for (const number of shortNumbers(vector)) expect(String(Math.abs(number)).length).toBeLessThanOrEqual(16);
});
