import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { halfValues } from '../split-weights/half-float.ts';
import { converted } from './number-formats.ts';

const bytesOf = (list: Float32Array | Uint16Array) => new Uint8Array(list.buffer, list.byteOffset, list.byteLength);
const toHalf = (...numbers: readonly number[]) =>
  new Uint16Array(converted(bytesOf(Float32Array.from(numbers)), 'F32', 'F16').slice().buffer);

test('every half becomes the number that it stands for, and comes back', () => {
  const halves = Uint16Array.from({ length: 0x1_0000 }, (_, bits) => bits);
  const floats = new Float32Array(converted(bytesOf(halves), 'F16', 'F32').slice().buffer);
  expect([...floats]).toEqual([...halfValues]);
  const back = toHalf(...floats);
  const isNumber = (bits: number) => (bits & 0x7fff) <= 0x7c00;
  expect([...back].filter((_, bits) => isNumber(bits))).toEqual([...halves].filter(isNumber));
  expect([...back].filter((_, bits) => !isNumber(bits)).every((bits) => !isNumber(bits))).toBe(true);
});

test('any number becomes the nearest half, of two that are equally near the even one', () => {
  fc.assert(
    fc.property(fc.float({ min: Math.fround(-65519), max: Math.fround(65519), noNaN: true }), (value) => {
      const [bits = 0] = toHalf(value);
      const distance = (other: number) => Math.abs((halfValues[other] ?? NaN) - value);
      const magnitude = bits & 0x7fff;
      const sign = bits & 0x8000;
      for (const neighbour of [magnitude - 1, magnitude + 1].filter((other) => other >= 0 && other <= 0x7bff)) {
        const isFarther = distance(sign | neighbour) > distance(bits);
        const isTie = distance(sign | neighbour) === distance(bits);
        expect(isFarther || (isTie && magnitude % 2 === 0)).toBe(true);
      }
      expect(Math.sign(value) === -1 || Object.is(value, -0)).toBe(sign !== 0);
    }),
    { numRuns: 2000 },
  );
});

test('what no half can hold is infinite, what is too small for one is zero', () => {
  expect([...toHalf(65520, -1e38, Infinity, 2 ** -26, -(2 ** -25), 2 ** -25 * 1.01)]).toEqual([
    0x7c00, 0xfc00, 0x7c00, 0, 0x8000, 1,
  ]);
});

test('BF16 is the upper half of a number', () => {
  const bits = Uint16Array.of(0x3f80, 0xc2f7, 0x0001);
  const floats = new Float32Array(converted(bytesOf(bits), 'BF16', 'F32').slice().buffer);
  expect([...new Uint32Array(floats.buffer)]).toEqual([0x3f80_0000, 0xc2f7_0000, 0x0001_0000]);
});

test('bytes that begin anywhere are read right', () => {
  const shifted = Uint8Array.of(9, 0, 0, 0x80, 0x3f).subarray(1);
  expect([...converted(shifted, 'F32', 'F16')]).toEqual([0x00, 0x3c]);
});
