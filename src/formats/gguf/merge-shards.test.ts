import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectBytes } from '../../../test/support/collect-bytes.ts';
import { ggufHeader, joined, memorySource, value } from '../../../test/support/gguf-writer.ts';
import { splitGguf } from '../../../test/support/split-gguf.ts';
import { tinyModel } from '../../../test/support/tiny-model.ts';
import { mergeShards, type Shard } from './merge-shards.ts';
import { readGguf } from './read-gguf.ts';
import { ggufSizeBytes, writeGguf } from './write-gguf.ts';

async function shardOf(bytes: Uint8Array): Promise<Shard> {
  const source = memorySource(bytes);
  return { source, header: await readGguf(source, { arrays: 'skip' }) };
}

async function merged(files: readonly Uint8Array[]): Promise<Buffer> {
  const [first, ...rest] = await Promise.all(files.map(shardOf));
  if (first === undefined) throw new Error('no shards');
  const toWrite = await mergeShards([first, ...rest]);
  const bytes = await collectBytes(writeGguf(toWrite));
  expect(bytes.length).toBe(ggufSizeBytes(toWrite));
  return bytes;
}

describe('merging shards', () => {
  const original = tinyModel({
    metadata: { 'tokenizer.ggml.tokens': value.list([value.text([0xff]), value.text('b')]) },
  });

  test.each([1, 2, 3, 7])('gives back the file that was split into %i, byte for byte', async (count) => {
    expect((await merged(await splitGguf(original, count))).equals(original)).toBe(true);
  });

  test('gives back any file, whatever its tensors and keys', async () => {
    const tensors = fc.uniqueArray(
      fc.record({ name: fc.stringMatching(/^[a-z.]{1,20}$/), length: fc.integer({ min: 1, max: 99 }) }),
      {
        minLength: 1,
        maxLength: 12,
        selector: ({ name }) => name,
      },
    );
    const keys = fc.dictionary(fc.stringMatching(/^[a-z]{1,9}\.[a-z]{1,9}$/), fc.string(), { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(tensors, keys, fc.integer({ min: 1, max: 5 }), async (described, texts, count) => {
        const { bytes, dataBytes } = ggufHeader({
          metadata: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, value.text(text)])),
          tensors: described.map(({ name, length }) => ({ name, shape: [length], type: 0 })),
        });
        const data = Uint8Array.from({ length: Math.ceil(dataBytes / 32) * 32 }, (_, index) =>
          index < dataBytes ? index % 251 : 0,
        );
        const file = withZeroPadding(joined(bytes, data), described, bytes.length);
        expect((await merged(await splitGguf(file, Math.min(count, described.length)))).equals(file)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('refuses a tensor that is there twice and a number of tensors that does not come out', async () => {
    const [first, second] = await splitGguf(original, 2);
    if (first === undefined || second === undefined) throw new Error('no shards');
    await expect(merged([first, first])).rejects.toThrow('two shards have a tensor of the same name');
    await expect(merged([first])).rejects.toThrow(/the shards have \d+ tensors, \d+ were split/);
  });
});

/** Between tensors lie zeros, whatever was there. */
function withZeroPadding(file: Uint8Array, tensors: readonly { readonly length: number }[], start: number): Uint8Array {
  const clean = Uint8Array.from(file);
  let at = start;
  for (const { length } of tensors) {
    const next = at + Math.ceil((length * 4) / 32) * 32;
    clean.fill(0, at + length * 4, next);
    at = next;
  }
  return clean;
}
