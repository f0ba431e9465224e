/**
 * Writes a GGUF file (version 3) as a stream: the header is made anew, everything large passes through in pieces. Metadata comes as
 * encoded pairs, since whoever rewrites a file has them that way; offsets and padding are this file's business.
 */
import { ggmlTypes } from './ggml-types.ts';
import { padded } from './read-tensors.ts';

export interface TensorToWrite {
  readonly name: string;
  /** Dimensions, innermost first. */
  readonly shape: readonly number[];
  /** ggml type name. */
  readonly type: string;
  readonly sizeBytes: number;
  /** Exactly `sizeBytes` bytes; asked for once, in the order of the tensors. */
  readonly data: () => AsyncIterable<Uint8Array>;
}

export interface GgufToWrite {
  readonly pairs: {
    readonly count: number;
    readonly bytes: () => AsyncIterable<Uint8Array>;
    readonly sizeBytes: number;
  };
  readonly tensors: readonly TensorToWrite[];
  /** A power of two; what `general.alignment` among the pairs says, 32 where it is absent. */
  readonly alignment: number;
}

/** Bytes of the whole file. */
export function ggufSizeBytes({ pairs, tensors, alignment }: GgufToWrite): number {
  const header = padded(fixedBytes + pairs.sizeBytes + tensorDescriptions(tensors, alignment).length, alignment);
  return tensors.reduce((sum, { sizeBytes }) => sum + padded(sizeBytes, alignment), header);
}

export async function* writeGguf({
  pairs,
  tensors,
  alignment,
}: GgufToWrite): AsyncGenerator<Uint8Array, void, undefined> {
  const descriptions = tensorDescriptions(tensors, alignment);
  const fixed = new DataView(new ArrayBuffer(fixedBytes));
  fixed.setUint32(0, magic, true);
  fixed.setUint32(4, 3, true);
  fixed.setBigUint64(8, BigInt(tensors.length), true);
  fixed.setBigUint64(16, BigInt(pairs.count), true);
  yield new Uint8Array(fixed.buffer);
  yield* pairs.bytes();
  yield descriptions;
  yield padding(fixedBytes + pairs.sizeBytes + descriptions.length, alignment);
  for (const { sizeBytes, data } of tensors) {
    yield* data();
    yield padding(sizeBytes, alignment);
  }
}

/** `GGUF` as a little-endian number. */
const magic = 0x46554747;

/** Magic, version and the two counts. */
const fixedBytes = 24;

const typeNumbers: ReadonlyMap<string, number> = new Map([...ggmlTypes].map(([id, { name }]) => [name, id]));

function tensorDescriptions(tensors: readonly TensorToWrite[], alignment: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { name, shape, type, sizeBytes } of tensors) {
    const nameBytes = new TextEncoder().encode(name);
    const rest = new DataView(new ArrayBuffer(4 + 8 * shape.length + 4 + 8));
    rest.setUint32(0, shape.length, true);
    shape.forEach((length, index) => rest.setBigUint64(4 + 8 * index, BigInt(length), true));
    rest.setUint32(4 + 8 * shape.length, typeNumber(type), true);
    rest.setBigUint64(8 + 8 * shape.length, BigInt(offset), true);
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(nameBytes.length), true);
    parts.push(new Uint8Array(length.buffer), nameBytes, new Uint8Array(rest.buffer));
    offset += padded(sizeBytes, alignment);
  }
  return Buffer.concat(parts);
}

function typeNumber(type: string): number {
  const id = typeNumbers.get(type);
  if (id === undefined) throw new RangeError(`no ggml type ${type}`);
  return id;
}

function padding(lengthBytes: number, alignment: number): Uint8Array {
  return new Uint8Array(padded(lengthBytes, alignment) - lengthBytes);
}
