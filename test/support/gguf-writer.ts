/** Writes GGUF files into memory, well-formed ones and, with the raw parts, any others. */
import { ggmlTypes } from '../../src/formats/gguf/ggml-types.ts';
import type { ByteSource } from '../../src/formats/gguf/byte-source.ts';

export type Bytes = readonly number[] | Uint8Array;

const encoder = new TextEncoder();

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function uint64(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return bytes;
}

export function float32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytes;
}

export function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

export function text(value: string | Bytes): Uint8Array {
  const bytes = typeof value === 'string' ? encoder.encode(value) : Uint8Array.from(value);
  return joined(uint64(bytes.length), bytes);
}

export function joined(...parts: readonly Bytes[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A typed value: the number of its type, and its bytes. */
export interface Value {
  readonly type: number;
  readonly bytes: Uint8Array;
}

export const value = {
  uint8: (number: number): Value => ({ type: 0, bytes: Uint8Array.of(number) }),
  int8: (number: number): Value => ({ type: 1, bytes: Uint8Array.of(number & 0xff) }),
  uint16: (number: number): Value => ({ type: 2, bytes: uint32(number).slice(0, 2) }),
  int16: (number: number): Value => ({ type: 3, bytes: uint32(number >>> 0).slice(0, 2) }),
  uint32: (number: number): Value => ({ type: 4, bytes: uint32(number) }),
  int32: (number: number): Value => ({ type: 5, bytes: uint32(number >>> 0) }),
  float32: (number: number): Value => ({ type: 6, bytes: float32(number) }),
  bool: (truth: boolean): Value => ({ type: 7, bytes: Uint8Array.of(truth ? 1 : 0) }),
  text: (string: string | Bytes): Value => ({ type: 8, bytes: text(string) }),
  uint64: (number: number | bigint): Value => ({ type: 10, bytes: uint64(number) }),
  int64: (number: number | bigint): Value => ({ type: 11, bytes: uint64(number) }),
  float64: (number: number): Value => ({ type: 12, bytes: float64(number) }),
  /** A list; all elements have the type of the first, an empty list is one of uint8. */
  list: (elements: readonly Value[]): Value => ({
    type: 9,
    bytes: joined(uint32(elements[0]?.type ?? 0), uint64(elements.length), ...elements.map(({ bytes }) => bytes)),
  }),
};

export function pair(key: string | Bytes, { type, bytes }: Value): Uint8Array {
  return joined(text(key), uint32(type), bytes);
}

export interface TensorParts {
  readonly name: string | Bytes;
  readonly shape: readonly (number | bigint)[];
  /** Number of the ggml type. */
  readonly type: number;
  readonly offset: number | bigint;
}

export function tensor({ name, shape, type, offset }: TensorParts): Uint8Array {
  return joined(text(name), uint32(shape.length), ...shape.map(uint64), uint32(type), uint64(offset));
}

export interface HeaderParts {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly keyCount?: number | bigint;
  readonly pairs?: readonly Bytes[];
  readonly tensors?: readonly Bytes[];
}

/** A header of raw parts; the counts say what is there unless told otherwise. */
export function header(parts: HeaderParts): Uint8Array {
  const { magic = 'GGUF', version = 3, pairs = [], tensors = [] } = parts;
  return joined(
    encoder.encode(magic),
    uint32(version),
    uint64(parts.tensorCount ?? tensors.length),
    uint64(parts.keyCount ?? pairs.length),
    ...pairs,
    ...tensors,
  );
}

export interface GgufParts {
  readonly metadata: Readonly<Record<string, Value>>;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly type: number }[];
  readonly alignment?: number;
}

/** The header of a well-formed file, padded to where its data begins, and how many bytes of data belong to it. */
export function ggufHeader({ metadata, tensors, alignment = 32 }: GgufParts): { bytes: Uint8Array; dataBytes: number } {
  let end = 0;
  const padded = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
  const described = tensors.map(({ name, shape, type }) => {
    const format = ggmlTypes.get(type);
    if (format === undefined) throw new Error(`no ggml type ${type}`);
    const offset = padded(end);
    end = offset + (shape.reduce((product, length) => product * length, 1) / format.blockElements) * format.blockBytes;
    return tensor({ name, shape, type, offset });
  });
  const bytes = header({
    pairs: Object.entries(metadata).map(([key, value]) => pair(key, value)),
    tensors: described,
  });
  return { bytes: joined(bytes, new Uint8Array(padded(bytes.length) - bytes.length)), dataBytes: end };
}

/** A whole well-formed file; its weights are zeros. */
export function ggufFile(parts: GgufParts): Uint8Array {
  const { bytes, dataBytes } = ggufHeader(parts);
  return joined(bytes, new Uint8Array(dataBytes));
}

/** Bytes in memory as a source; `sizeBytes` may claim more than there is, for headers without their weights. */
export function memorySource(bytes: Uint8Array, sizeBytes = bytes.length): ByteSource {
  return { sizeBytes, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}
