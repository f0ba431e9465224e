import { describe, expect, it } from 'vitest';
import { chatModelPath, embeddingModelPath } from '../../../test/support/starter-runner.ts';
import * as write from '../../../test/support/gguf-writer.ts';
import { CorralError } from '../../core/corral-error.ts';
import { fileByteSource } from '../../store/file-byte-source.ts';
import type { ByteSource } from './byte-source.ts';
import type { Gguf } from './gguf.ts';
import { readGguf } from './read-gguf.ts';

const { value, pair, tensor, header, memorySource } = write;

async function readFile(path: string, arrays: 'read' | 'skip'): Promise<Gguf> {
  const source = await fileByteSource(path);
  try {
    return await readGguf(source, { arrays });
  } finally {
    await source.close();
  }
}

function read(bytes: Uint8Array, arrays: 'read' | 'skip' = 'read', sizeBytes = bytes.length): Promise<Gguf> {
  return readGguf(memorySource(bytes, sizeBytes), { arrays });
}

async function failure(work: Promise<unknown>): Promise<CorralError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CorralError)) throw new Error(`no typed error but ${String(thrown)}`);
  return thrown;
}

/** A small well-formed file with one value of every type. */
const everyType: Record<string, write.Value> = {
  'general.architecture': value.text('test'),
  'a.uint8': value.uint8(255),
  'a.int8': value.int8(-128),
  'a.uint16': value.uint16(65_535),
  'a.int16': value.int16(-32_768),
  'a.uint32': value.uint32(4_294_967_295),
  'a.int32': value.int32(-2_147_483_648),
  'a.float32': value.float32(1e-5),
  'a.bool': value.bool(true),
  'a.text': value.text('한국어 🦙'),
  'a.uint64': value.uint64(2 ** 53 - 1),
  'a.large': value.uint64(2n ** 64n - 1n),
  'a.int64': value.int64(-7),
  'a.small': value.int64(-(2n ** 63n)),
  'a.float64': value.float64(0.1),
  'a.layers': value.list([value.uint32(1), value.uint32(2)]),
  'a.words': value.list([value.text('one'), value.text('')]),
};
const smallFile = write.ggufFile({
  metadata: everyType,
  tensors: [
    { name: 'token_embd.weight', shape: [32, 3], type: 2 },
    { name: 'output.weight', shape: [4], type: 0 },
  ],
});

describe('reading real headers', () => {
  it('reads the chat model', async () => {
    const gguf = await readFile(chatModelPath, 'skip');
    expect(gguf).toMatchObject({ version: 3, dataOffsetBytes: 1_785_664, fileSizeBytes: 98_362_432 });
    expect(gguf.tensors.length).toBe(272);
    expect(gguf.tensors[0]).toEqual({
      name: 'token_embd.weight',
      shape: [576, 49_152],
      type: 'Q8_0',
      offsetBytes: 0,
      sizeBytes: 30_081_024,
    });
    expect(gguf.metadata.get('llama.attention.layer_norm_rms_epsilon')).toBe(1e-5);
    expect(gguf.metadata.get('tokenizer.ggml.tokens')).toEqual({
      elementType: 'string',
      length: 49_152,
      values: undefined,
      keptValues: new Map([
        [0, '<|endoftext|>'],
        [1, '<|im_start|>'],
        [2, '<|im_end|>'],
      ]),
    });
  });

  it('gives the arrays when asked', async () => {
    const gguf = await readFile(chatModelPath, 'read');
    const merges = gguf.metadata.get('tokenizer.ggml.merges');
    expect(typeof merges === 'object' && merges.values?.slice(0, 3)).toEqual(['Ġ t', 'Ġ a', 'i n']);
    expect(typeof merges === 'object' && merges.values?.length).toBe(48_900);
  });

  it('finds tokens in the middle of the embedding model', async () => {
    const tokens = (await readFile(embeddingModelPath, 'skip')).metadata.get('tokenizer.ggml.tokens');
    expect(typeof tokens === 'object' && tokens.keptValues.get(102)).toBe('[SEP]');
  });

  it('finds a token of a large vocabulary from the waypoint before it', async () => {
    const words = Array.from({ length: 1500 }, (_, index) => value.text(`word ${index}`));
    const { bytes } = write.ggufHeader({
      metadata: {
        'tokenizer.ggml.tokens': value.list(words),
        'tokenizer.ggml.eos_token_id': value.uint32(1499),
        'tokenizer.ggml.bos_token_id': value.uint32(1024),
        'tokenizer.ggml.padding_token_id': value.uint32(1500),
      },
      tensors: [],
    });
    const tokens = (await read(bytes, 'skip')).metadata.get('tokenizer.ggml.tokens');
    expect(typeof tokens === 'object' && [...tokens.keptValues]).toEqual([
      [1499, 'word 1499'],
      [1024, 'word 1024'],
    ]);
  });

  it('reads every type of value', async () => {
    const gguf = await read(smallFile);
    const values = [...gguf.metadata.values()].map((found) => (typeof found === 'object' ? found.values : found));
    expect(values).toEqual([
      'test',
      255,
      -128,
      65_535,
      -32_768,
      4_294_967_295,
      -2_147_483_648,
      1e-5,
      true,
      '한국어 🦙',
      2 ** 53 - 1,
      2n ** 64n - 1n,
      -7,
      -(2n ** 63n),
      0.1,
      [1, 2],
      ['one', ''],
    ]);
    expect(gguf.tensors.map(({ offsetBytes, sizeBytes }) => [offsetBytes, sizeBytes])).toEqual([
      [0, 54],
      [64, 16],
    ]);
  });

  it('keeps short lists of numbers and no others when arrays are skipped', async () => {
    const long = value.list(Array.from({ length: 1025 }, () => value.uint8(1)));
    const { bytes } = write.ggufHeader({ metadata: { ...everyType, 'a.long': long }, tensors: [] });
    const { metadata } = await read(bytes, 'skip');
    const listAt = (key: string): unknown => {
      const found = metadata.get(key);
      return typeof found === 'object' ? found.values : 'no list';
    };
    expect(['a.layers', 'a.words', 'a.long'].map(listAt)).toEqual([[1, 2], undefined, undefined]);
  });

  it('reads version 2 and other alignments', async () => {
    const { bytes } = write.ggufHeader({
      metadata: { 'general.alignment': value.uint32(64) },
      tensors: [
        { name: 'a', shape: [1], type: 0 },
        { name: 'b', shape: [2], type: 0 },
      ],
      alignment: 64,
    });
    bytes[4] = 2;
    const gguf = await read(bytes, 'skip', bytes.length + 72);
    expect(gguf).toMatchObject({ version: 2, dataOffsetBytes: bytes.length });
    expect(gguf.tensors[1]?.offsetBytes).toBe(64);
  });

  it('accepts missing padding after the last tensor, and more behind it', async () => {
    await expect(read(smallFile)).resolves.toBeDefined();
    await expect(read(write.joined(smallFile, [1, 2, 3]))).resolves.toBeDefined();
  });

  it('repairs a broken character in a vocabulary', async () => {
    const list = value.list([value.text([0xec, 0x95]), value.text('ok')]);
    const { bytes } = write.ggufHeader({ metadata: { 'tokenizer.ggml.tokens': list }, tensors: [] });
    const tokens = (await read(bytes)).metadata.get('tokenizer.ggml.tokens');
    expect(typeof tokens === 'object' && tokens.values).toEqual(['\ufffd', 'ok']);
  });
});

const huge = 2n ** 63n;
const oneTensor = { name: 't', shape: [32], type: 0, offset: 0 };
const text = (length: number): string => 'x'.repeat(length);

const hostile: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
  ['an empty file', new Uint8Array(), /does not begin as one/],
  ['another kind of file', header({ magic: 'ggml' }), /does not begin as one/],
  ['version 1', header({ version: 1 }), /version 1 is no longer in use/],
  ['version 4', header({ version: 4 }), /version 4 is unknown/],
  ['version 0', header({ version: 0 }), /version 0 is unknown/],
  ['big-endian order', header({ version: 0x0300_0000 }), /big-endian/],
  ['2^63 tensors', header({ tensorCount: huge }), /number of tensors is 9223372036854775808/],
  ['too many tensors', header({ tensorCount: 65_537 }), /number of tensors is 65537, at most 65536/],
  ['2^63 keys', header({ keyCount: huge }), /number of keys/],
  ['more keys than there are', header({ keyCount: 3, pairs: [pair('a', value.uint8(1))] }), /ends inside its header/],
  ['more tensors than there are', header({ tensorCount: 1 }), /ends inside its header/],
  ['a key without text', header({ pairs: [pair('', value.uint8(1))] }), /key is empty/],
  ['a key of 64 KB', header({ pairs: [pair(text(65_536), value.uint8(1))] }), /length of a key is 65536/],
  ['a key that is no text', header({ pairs: [pair([0xff], value.uint8(1))] }), /key is not UTF-8/],
  ['a key twice', header({ pairs: [pair('a', value.uint8(1)), pair('a', value.text(''))] }), /key "a" is there twice/],
  [
    'a key with control characters',
    header({ pairs: [pair('a\n\u001b[2J', { type: 99, bytes: new Uint8Array() })] }),
    /key "a\\n\\u001b\[2J" has a value of unknown type 99/,
  ],
  [
    'a text of 2^63 bytes',
    header({ pairs: [pair('a', { type: 8, bytes: write.uint64(huge) })] }),
    /value of "a" is 92/,
  ],
  ['a text beyond the end', header({ pairs: [pair('a', { type: 8, bytes: write.uint64(99) })] }), /ends inside/],
  ['a value that is no text', header({ pairs: [pair('a', value.text([0xc3]))] }), /value of "a" is not UTF-8/],
  [
    'a list of lists',
    header({ pairs: [pair('a', value.list([value.list([value.uint8(1)])]))] }),
    /key "a" is a list of lists/,
  ],
  [
    'a list of an unknown type',
    header({ pairs: [pair('a', { type: 9, bytes: write.joined(write.uint32(13), write.uint64(1)) })] }),
    /unknown type 13/,
  ],
  [
    'a list of 2^63 numbers',
    header({ pairs: [pair('a', { type: 9, bytes: write.joined(write.uint32(12), write.uint64(huge)) })] }),
    /length of "a" is 9223372036854775808/,
  ],
  [
    'lists that are too long together',
    header({
      pairs: [
        pair('a', value.list([value.uint8(1)])),
        pair('b', { type: 9, bytes: write.joined(write.uint32(0), write.uint64(4 * 1024 * 1024)) }),
      ],
    }),
    /length of "b" is 4194304, at most 4194303/,
  ],
  [
    'a list beyond the end',
    header({ pairs: [pair('a', { type: 9, bytes: write.joined(write.uint32(12), write.uint64(4_000_000)) })] }),
    /ends inside its header/,
  ],
  ['an alignment of 0', header({ pairs: [pair('general.alignment', value.uint32(0))] }), /power of two/],
  ['an alignment of 48', header({ pairs: [pair('general.alignment', value.uint32(48))] }), /power of two/],
  ['an alignment that is a text', header({ pairs: [pair('general.alignment', value.text('32'))] }), /power of two/],
  ['an alignment of 2^63', header({ pairs: [pair('general.alignment', value.uint64(huge))] }), /power of two/],
  [
    'a tensor name of 64 bytes',
    header({ tensors: [tensor({ ...oneTensor, name: text(64) })] }),
    /name is 64, at most 63/,
  ],
  ['a tensor name that is no text', header({ tensors: [tensor({ ...oneTensor, name: [0x80] })] }), /name is not UTF-8/],
  [
    'a tensor twice',
    header({ tensors: [tensor(oneTensor), tensor({ ...oneTensor, offset: 128 })] }),
    /tensor "t" is there twice/,
  ],
  ['five dimensions', header({ tensors: [tensor({ ...oneTensor, shape: [1, 1, 1, 1, 1] })] }), /has 5 dimensions/],
  ['a dimension of 0', header({ tensors: [tensor({ ...oneTensor, shape: [32, 0] })] }), /dimension of 0/],
  [
    'a dimension of 2^63',
    header({ tensors: [tensor({ ...oneTensor, shape: [huge] })] }),
    /a dimension of tensor "t" is 9/,
  ],
  [
    'a shape whose product overflows',
    header({ tensors: [tensor({ ...oneTensor, shape: [2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40] })] }),
    /impossible shape/,
  ],
  ['an unknown tensor type', header({ tensors: [tensor({ ...oneTensor, type: 43 })] }), /unknown type 43/],
  [
    'a type that was dropped',
    header({ tensors: [tensor({ ...oneTensor, type: 31 })] }),
    /type Q4_0_4_4, which llama.cpp/,
  ],
  [
    'rows that are no whole blocks',
    header({ tensors: [tensor({ ...oneTensor, shape: [33], type: 2 })] }),
    /rows of 33 elements, but Q4_0 has blocks of 32/,
  ],
  ['a misaligned offset', header({ tensors: [tensor({ ...oneTensor, offset: 1 })] }), /at byte 1 instead of 0/],
  [
    'tensors that overlap',
    header({ tensors: [tensor(oneTensor), tensor({ ...oneTensor, name: 'u', offset: 96 })] }),
    /tensor "u" lies at byte 96 instead of 128/,
  ],
  ['an offset of 2^63', header({ tensors: [tensor({ ...oneTensor, offset: huge })] }), /offset of tensor "t" is 9/],
  [
    'more data than any file has',
    header({
      tensors: [
        tensor({ ...oneTensor, shape: [2 ** 50] }),
        tensor({ ...oneTensor, name: 'u', shape: [2 ** 50], offset: 2 ** 52 }),
      ],
    }),
    /tensor "u" ends beyond any file/,
  ],
  ['missing weights', header({ tensors: [tensor(oneTensor)] }), /file is 57 bytes, needs 192/],
];

describe('hostile files', () => {
  it.each(hostile)('refuses %s', async (_name, bytes, message) => {
    for (const arrays of ['read', 'skip'] as const) {
      const error = await failure(read(bytes, arrays));
      expect(error.code).toBe('bad_gguf');
      expect(error.message).toMatch(message);
      expect(error.message).toMatch(/^invalid GGUF file: /);
      expect(error.hint).toBeTruthy();
      expect(error.message.length).toBeLessThan(200);
    }
  });

  it('says how much of the weights is missing', async () => {
    const path = chatModelPath;
    const source = await fileByteSource(path);
    const cut: ByteSource = { sizeBytes: 90_000_000, read: (offset, length) => source.read(offset, length) };
    const error = await failure(readGguf(cut, { arrays: 'skip' }));
    await source.close();
    expect(error.message).toBe('invalid GGUF file: file is 90000000 bytes, needs 98362432');
    expect(error.hint).toContain('broke off');
  });

  it('fails cleanly wherever the file is cut', async () => {
    for (let length = 0; length < smallFile.length; length++) {
      for (const arrays of ['read', 'skip'] as const) {
        expect((await failure(read(smallFile.subarray(0, length), arrays))).code).toBe('bad_gguf');
      }
    }
  });

  it('fails cleanly when the file becomes shorter while it is read', async () => {
    const error = await failure(read(smallFile.subarray(0, 300), 'read', smallFile.length));
    expect(error.message).toMatch(/ends inside its header, after 300 bytes/);
  });

  it('gives up on a header of more than 256 MiB', async () => {
    // Texts of 64 MiB each in one list; the source has nothing but their lengths.
    const list = (index: number): Uint8Array =>
      pair(`k${index}`, { type: 9, bytes: write.joined(write.uint32(8), write.uint64(4)) });
    const length = write.uint64(64 * 1024 * 1024);
    const start = header({ keyCount: 3 });
    const firstPair = write.joined(start, list(0));
    const stride = 8 + 64 * 1024 * 1024;
    const source: ByteSource = {
      sizeBytes: 2 ** 40,
      read: async (offset, count) => {
        const bytes = new Uint8Array(count);
        for (let index = 0; index < count && offset + index < firstPair.length; index++) {
          bytes[index] = firstPair[offset + index] ?? 0;
        }
        for (let text = 0; text < 5; text++) {
          const at = firstPair.length + text * stride - offset;
          if (at >= 0 && at + 8 <= count) bytes.set(length, at);
        }
        return bytes;
      },
    };
    expect((await failure(readGguf(source, { arrays: 'skip' }))).message).toMatch(/more than 268435456 bytes/);
  });

  it('passes on what the source throws', async () => {
    const broken: ByteSource = {
      sizeBytes: 100,
      read: () => Promise.reject(new CorralError('store_read', 'disk')),
    };
    expect((await failure(readGguf(broken, { arrays: 'skip' }))).code).toBe('store_read');
  });
});
