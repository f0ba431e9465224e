import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safetensorsFile } from '../../../test/support/tiny-checkpoint.ts';
import { joined, memorySource, uint64 } from '../../../test/support/gguf-writer.ts';
import { CorralError } from '../../core/corral-error.ts';
import { readSafetensors } from './read-safetensors.ts';

const read = (bytes: Uint8Array) => readSafetensors(memorySource(bytes), 'model.safetensors');

/** A file with this header and 16 bytes of numbers. */
function withHeader(header: string): Uint8Array {
  const text = Buffer.from(header);
  return joined(uint64(text.length), text, new Uint8Array(16));
}

const entry = (fields: Readonly<Record<string, unknown>>) =>
  withHeader(JSON.stringify({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16], ...fields } }));

test('tensors are found at their bytes, in the order of these, whatever the order of their names', async () => {
  const bytes = safetensorsFile({
    'b.weight': { type: 'BF16', shape: [2, 3], bytes: new Uint8Array(12).fill(1) },
    'a.bias': { type: 'F32', shape: [], bytes: new Uint8Array(4).fill(2) },
    empty: { type: 'U8', shape: [0], bytes: new Uint8Array() },
  });
  const tensors = await read(bytes);
  expect(tensors.map(({ name, type, shape, sizeBytes }) => [name, type, shape, sizeBytes])).toEqual([
    ['b.weight', 'BF16', [2, 3], 12],
    ['a.bias', 'F32', [], 4],
    ['empty', 'U8', [0], 0],
  ]);
  const of = (nth: number) => {
    const { offsetBytes = 0, sizeBytes = 0 } = tensors[nth] ?? {};
    return [...bytes.subarray(offsetBytes, offsetBytes + sizeBytes)];
  };
  expect(of(0)).toEqual(Array.from({ length: 12 }, () => 1));
  expect(of(1)).toEqual([2, 2, 2, 2]);
});

describe('a file that is none is refused with what is wrong', () => {
  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(), 'it has no header'],
    ['a header longer than the file', joined(uint64(100), new Uint8Array(50)), 'its header is longer than the file'],
    ['the largest length', joined(uint64(2n ** 64n - 1n), new Uint8Array(50)), 'its header is longer than the file'],
    ['no JSON', withHeader('{"a":'), 'its header is not JSON'],
    ['no UTF-8', joined(uint64(1), [0xff]), 'its header is not JSON'],
    ['a list', withHeader('[]'), 'its header is not JSON'],
    ['an entry that is none', withHeader('{"a":1}'), 'the entry "a" can\'t be read'],
    ['an unknown type', entry({ dtype: 'F7' }), 'the entry "a" can\'t be read'],
    ['a type out of the prototype', entry({ dtype: 'toString' }), 'the entry "a" can\'t be read'],
    ['a negative length', entry({ shape: [-4] }), 'the entry "a" can\'t be read'],
    ['a fraction', entry({ shape: [4.5] }), 'the entry "a" can\'t be read'],
    ['too many dimensions', entry({ shape: Array.from({ length: 9 }, () => 1) }), 'the entry "a" can\'t be read'],
    ['an end before its beginning', entry({ data_offsets: [16, 0] }), 'the entry "a" can\'t be read'],
    ['one offset', entry({ data_offsets: [0] }), 'the entry "a" can\'t be read'],
    ['another size', entry({ shape: [3] }), '"a" has not the size of its shape'],
    ['a product without end', entry({ shape: [2 ** 52, 2 ** 52, 2 ** 52] }), '"a" has not the size of its shape'],
    ['an end behind the file', entry({ shape: [5], data_offsets: [0, 20] }), '"a" ends behind the file'],
    [
      'one tensor upon another',
      withHeader(
        JSON.stringify({
          a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
          b: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
        }),
      ),
      '"b" lies upon another tensor',
    ],
  ])('%s', async (_name, bytes, problem) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'bad_checkpoint',
      message: `"model.safetensors" is no usable safetensors file: ${problem}`,
    });
  });
});

test('any bytes give tensors within the file or the typed error', async () => {
  const good = safetensorsFile({ a: { type: 'F16', shape: [3, 2], bytes: new Uint8Array(12) } });
  const changed = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
    const bytes = Uint8Array.from(good);
    for (const [at, byte] of changes) bytes[at] = byte;
    return bytes;
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, fc.uint8Array({ maxLength: 64 })), async (bytes) => {
      const found = await read(bytes).catch((thrown: unknown) => thrown);
      const isTyped = found instanceof CorralError && found.code === 'bad_checkpoint';
      const tensors = Array.isArray(found) ? (found as Awaited<ReturnType<typeof read>>) : [];
      expect(isTyped || Array.isArray(found) || String(found)).toBe(true);
      for (const { offsetBytes, sizeBytes } of tensors) {
        expect(offsetBytes + sizeBytes).toBeLessThanOrEqual(bytes.length);
      }
    }),
  );
});
