import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddingModelPath } from '../../../test/support/starter-runner.ts';
import * as write from '../../../test/support/gguf-writer.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { ByteSource } from './byte-source.ts';
import { ggmlTypes } from './ggml-types.ts';
import { readGguf } from './read-gguf.ts';

const { value, header, memorySource } = write;

const smallFile = write.ggufFile({
  metadata: {
    'general.architecture': value.text('test'),
    'general.alignment': value.uint32(32),
    'tokenizer.ggml.tokens': value.list([value.text('one'), value.text('two')]),
    'tokenizer.ggml.eos_token_id': value.uint32(1),
    'a.float64': value.float64(0.1),
    'a.layers': value.list([value.uint32(1), value.uint32(2)]),
  },
  tensors: [
    { name: 'token_embd.weight', shape: [32, 3], type: 2 },
    { name: 'output.weight', shape: [4], type: 0 },
  ],
});

/** Counts what is asked for, and refuses requests beyond the end. */
function watched(bytes: Uint8Array): { source: ByteSource; readonly readBytes: () => number } {
  let total = 0;
  const inner = memorySource(bytes);
  const source: ByteSource = {
    sizeBytes: bytes.length,
    read: (offset, length) => {
      if (offset < 0 || length <= 0 || offset + length > bytes.length) throw new Error('read beyond the end');
      total += length;
      return inner.read(offset, length);
    },
  };
  return { source, readBytes: () => total };
}

/** How reading ends: `read`, `refused`, or what was wrong with it. */
async function outcome(bytes: Uint8Array, arrays: 'read' | 'skip'): Promise<string> {
  const { source, readBytes } = watched(bytes);
  const result = await readGguf(source, { arrays }).then(
    ({ tensors, dataOffsetBytes }) => {
      const outside = tensors.find(
        ({ offsetBytes, sizeBytes }) => dataOffsetBytes + offsetBytes + sizeBytes > bytes.length,
      );
      return outside === undefined ? 'read' : `tensor ${outside.name} is outside`;
    },
    (error: unknown) => (error instanceof CorralError && error.code === 'bad_gguf' ? 'refused' : String(error)),
  );
  return readBytes() <= 4 * bytes.length + 1024 * 1024 ? result : `${readBytes()} bytes were read`;
}

describe('any bytes at all', () => {
  const arrays = fc.constantFrom('read' as const, 'skip' as const);

  it('are read or refused', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), arrays, async (bytes, asGguf, arrays) => {
        const result = await outcome(asGguf ? write.joined(header({}).subarray(0, 8), bytes) : bytes, arrays);
        seen.add(result);
        return result === 'read' || result === 'refused';
      }),
      { numRuns: 500 },
    );
    expect(seen).toContain('refused');
  });

  it('are read or refused when a good file was changed', async () => {
    const seen = new Set<string>();
    const change = fc.tuple(fc.nat(smallFile.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), arrays, async (changes, arrays) => {
        const bytes = smallFile.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        const result = await outcome(bytes, arrays);
        seen.add(result);
        return result === 'read' || result === 'refused';
      }),
      { numRuns: 1000 },
    );
    expect(seen).toEqual(new Set(['read', 'refused']));
  });

  it('are read or refused when a real header was changed', async () => {
    const whole = readFileSync(embeddingModelPath);
    const seen = new Set<string>();
    const change = fc.tuple(fc.oneof(fc.nat(1500), fc.integer({ min: 740_000, max: 760_000 })), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const before = changes.map(([at]) => whole[at] ?? 0);
        for (const [at, byte] of changes) whole[at] = byte;
        const result = await outcome(whole, 'skip');
        for (const [index, [at]] of [...changes.entries()].reverse()) whole[at] = before[index] ?? 0;
        seen.add(result);
        return result === 'read' || result === 'refused';
      }),
      { numRuns: 100 },
    );
    expect(seen).toEqual(new Set(['read', 'refused']));
  });

  it('come back as they were written', () => {
    const scalar = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((number) => ({ written: value.uint32(number), expected: number })),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }).map((big) => ({ written: value.uint64(big), expected: big })),
      fc.double({ noNaN: true }).map((number) => ({ written: value.float64(number), expected: number })),
      fc.string({ unit: 'grapheme' }).map((string) => ({ written: value.text(string), expected: string })),
      fc.boolean().map((truth) => ({ written: value.bool(truth), expected: truth })),
    );
    const types = [...ggmlTypes];
    return fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== 'general.alignment'),
          scalar,
        ),
        fc.array(fc.tuple(fc.constantFrom(...types), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))),
        async (pairs, described) => {
          const tensors = described.map(([[id, { blockElements }], rows, columns], index) => {
            return { name: `t${index}`, shape: [columns * blockElements, rows], type: id };
          });
          const metadata = Object.fromEntries(Object.entries(pairs).map(([key, { written }]) => [key, written]));
          const gguf = await readGguf(memorySource(write.ggufFile({ metadata, tensors })), { arrays: 'read' });
          expect([...gguf.metadata]).toEqual(Object.entries(pairs).map(([key, { expected }]) => [key, expected]));
          expect(gguf.tensors.map(({ name, shape, type }) => ({ name, shape, type }))).toEqual(
            tensors.map((tensor) => ({ ...tensor, type: ggmlTypes.get(tensor.type)?.name })),
          );
        },
      ),
    );
  });
});
