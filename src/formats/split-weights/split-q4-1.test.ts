import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfValues } from './half-float.ts';
import { blockSums, codesOf, offsetColumns, offsetRowBytes, offsetsOf } from './split-q4-1.ts';

/** Halves that weights consist of: of either sign, finite, neither tiny nor huge. */
const half = fc
  .tuple(fc.boolean(), fc.integer({ min: 0x0c00, max: 0x4800 }))
  .map(([isNegative, bits]) => (isNegative ? 0x8000 : 0) | bits);
const block = fc.record({ step: half, least: half, codes: fc.uint8Array({ minLength: 16, maxLength: 16 }) });
type Block = { readonly step: number; readonly least: number; readonly codes: Uint8Array };

function encode(blocks: readonly Block[]): Uint8Array {
  const bytes = Buffer.alloc(blocks.length * 20);
  blocks.forEach(({ step, least, codes }, index) => {
    bytes.writeUInt16LE(step, index * 20);
    bytes.writeUInt16LE(least, index * 20 + 2);
    bytes.set(codes, index * 20 + 4);
  });
  return bytes;
}

const value = (bits: number) => halfValues[bits] ?? NaN;

/** The 16 low codes, then the 16 high ones, as ggml has them. */
const codesIn = (bytes: Uint8Array) => [
  ...Array.from(bytes, (byte) => byte & 15),
  ...Array.from(bytes, (byte) => byte >> 4),
];

function weightsOfQ41({ step, least, codes }: Block): number[] {
  return codesIn(codes).map((code) => value(step) * code + value(least));
}

function rowOfQ40(bytes: Uint8Array): number[] {
  const view = Buffer.from(bytes);
  const weights: number[] = [];
  for (let at = 0; at < view.length; at += 18) {
    const step = value(view.readUInt16LE(at));
    weights.push(...codesIn(view.subarray(at + 2, at + 18)).map((code) => step * (code - 8)));
  }
  return weights;
}

function rowOfQ80(bytes: Uint8Array): number[] {
  const view = Buffer.from(bytes);
  const numbers: number[] = [];
  for (let at = 0; at < view.length; at += 34) {
    const scale = value(view.readUInt16LE(at));
    for (let index = 0; index < 32; index++) numbers.push(scale * view.readInt8(at + 2 + index));
  }
  return numbers;
}

/** W' of `W' = codes + B A`, one row. */
function recomposed(blocks: readonly Block[]): number[] {
  const source = encode(blocks);
  const offsets = rowOfQ80(offsetsOf(source, blocks.length));
  const sums = Buffer.from(blockSums(blocks.length));
  const rowBytes = blocks.length * 18;
  const weights = rowOfQ40(codesOf(source));
  offsets.forEach((offset, row) => {
    const ones = rowOfQ40(sums.subarray(row * rowBytes, (row + 1) * rowBytes));
    ones.forEach((one, column) => (weights[column] = (weights[column] ?? 0) + offset * one));
  });
  return weights;
}

describe('Q4_1 as Q4_0 and offsets', () => {
  it('is the same weights, to a 30,000th of the largest offset of the row', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 40 }), (blocks) => {
        const largest = Math.max(...blocks.map(({ step, least }) => Math.abs(value(least) + 8 * value(step))));
        const before = blocks.flatMap(weightsOfQ41);
        const after = recomposed(blocks);
        expect(after).toHaveLength(before.length);
        // A half as scale is up to 1/1024 larger than it had to be, and doubles round too.
        const bound = largest / 30_000 + 1e-9;
        before.forEach((weight, index) => expect(Math.abs((after[index] ?? NaN) - weight)).toBeLessThanOrEqual(bound));
      }),
      { numRuns: 60 },
    );
  });

  it('has as many columns as it says, in whole Q8_0 blocks', () => {
    expect([1, 16, 17, 18, 48, 64].map(offsetColumns)).toEqual([32, 32, 64, 64, 96, 128]);
    const blocks = Array.from({ length: 3 * 18 }, () => ({ step: 0x2c00, least: 0xb000, codes: new Uint8Array(16) }));
    expect(offsetsOf(encode(blocks), 18)).toHaveLength(3 * offsetRowBytes(18));
    expect(blockSums(18)).toHaveLength(64 * 18 * 18);
  });

  it('takes rows one by one: pieces give what the whole gives', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 12, maxLength: 12 }), (blocks) => {
        const source = encode(blocks);
        const rows = [0, 1, 2, 3].map((row) => source.subarray(row * 60, (row + 1) * 60));
        expect(Buffer.concat(rows.map((row) => offsetsOf(row, 3)))).toEqual(Buffer.from(offsetsOf(source, 3)));
        expect(Buffer.concat(rows.map(codesOf))).toEqual(Buffer.from(codesOf(source)));
      }),
      { numRuns: 20 },
    );
  });

  it('reads bytes that begin at odd places', () => {
    const source = encode([
      { step: 0x2c00, least: 0xb000, codes: Uint8Array.from({ length: 16 }, (_, index) => index * 7) },
    ]);
    const shifted = new Uint8Array(source.length + 1);
    shifted.set(source, 1);
    expect(codesOf(shifted.subarray(1))).toEqual(codesOf(source));
    expect(offsetsOf(shifted.subarray(1), 1)).toEqual(offsetsOf(source, 1));
  });

  it.each([0x7c00, 0xfc00, 0x7e00])('refuses weights that are not finite (%i)', (bits) => {
    const codes = new Uint8Array(16);
    expect(() => offsetsOf(encode([{ step: bits, least: 0, codes }]), 1)).toThrow(RangeError);
    expect(() => offsetsOf(encode([{ step: 0, least: bits, codes }]), 1)).toThrow(RangeError);
  });

  it('leaves a row without offsets at zero', () => {
    const offsets = offsetsOf(encode([{ step: 0x3c00, least: 0xc800, codes: new Uint8Array(16) }]), 1);
    expect(offsets.every((byte) => byte === 0)).toBe(true);
  });
});
