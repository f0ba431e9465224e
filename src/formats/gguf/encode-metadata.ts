/** The key-value pairs of a GGUF header as its bytes. */
import type { GgufToWrite } from './write-gguf.ts';

/** Integers from 0 to 2^32 - 1, texts of any length; what a number can't be held as is the caller's fault and throws a RangeError. */
export type MetadataValue =
  | { readonly type: 'uint32'; readonly value: number }
  | { readonly type: 'float32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int32[]'; readonly value: readonly number[] }
  | { readonly type: 'float32[]'; readonly value: readonly number[] }
  | { readonly type: 'bool[]'; readonly value: readonly boolean[] }
  | { readonly type: 'string[]'; readonly value: readonly string[] };

/** In the order given. */
export function encodePairs(entries: Iterable<readonly [key: string, value: MetadataValue]>): GgufToWrite['pairs'] {
  const parts = [...entries].map(([key, value]) => Buffer.concat([textBytes(key), ...encoded(value)]));
  return {
    count: parts.length,
    sizeBytes: parts.reduce((sum, { length }) => sum + length, 0),
    async *bytes() {
      yield* parts;
    },
  };
}

/** enum gguf_type. */
const typeNumber = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 };

function encoded({ type, value }: MetadataValue): Buffer[] {
  if (type === 'uint32') return [uint32(typeNumber.uint32), uint32(value)];
  if (type === 'float32') return [uint32(typeNumber.float32), float32s([value])];
  if (type === 'bool') return [uint32(typeNumber.bool), Buffer.of(value ? 1 : 0)];
  if (type === 'string') return [uint32(typeNumber.string), textBytes(value)];
  if (type === 'int32[]') return [...arrayOf('int32', value.length), int32s(value)];
  if (type === 'float32[]') return [...arrayOf('float32', value.length), float32s(value)];
  if (type === 'bool[]') return [...arrayOf('bool', value.length), Buffer.from(value.map(Number))];
  return [...arrayOf('string', value.length), textsBytes(value)];
}

const arrayOf = (element: keyof typeof typeNumber, length: number) => [
  uint32(typeNumber.array),
  uint32(typeNumber[element]),
  uint64(length),
];

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function int32s(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeInt32LE(value, 4 * index));
  return bytes;
}

function float32s(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
  return bytes;
}

/** A vocabulary has hundreds of thousands; one buffer for all takes a tenth of the time. */
function textsBytes(values: readonly string[]): Buffer {
  const lengths = values.map((value) => Buffer.byteLength(value));
  const bytes = Buffer.alloc(lengths.reduce((sum, length) => sum + 8 + length, 0));
  let at = 0;
  for (const [index, value] of values.entries()) {
    bytes.writeUInt32LE(lengths[index] ?? 0, at);
    at += 8 + bytes.write(value, at + 8);
  }
  return bytes;
}

function textBytes(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}
