/**
 * The header of a safetensors file: 8 bytes of length, then JSON that places every tensor. Its source is the format's own description
 * (README of the safetensors project). Files come from anywhere, so every number is checked against the file before it is used.
 */
import { CorralError } from '../../core/corral-error.ts';
import type { ByteSource } from '../gguf/byte-source.ts';
import { quoted } from '../gguf/bad-gguf.ts';
import { asObject, nestsAtMost, parsedJson, type JsonObject } from '../untrusted-json.ts';
import { maxTensors } from '../gguf/gguf-limits.ts';

export interface SafetensorsTensor {
  readonly name: string;
  /** As the file spells it: F32, BF16, ... */
  readonly type: SafetensorsType;
  /** Outermost dimension first, as in the file; [] is one number. */
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Bytes of one element. */
export const safetensorsTypes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type SafetensorsType = keyof typeof safetensorsTypes;

/** Bytes. A model of 256 experts in 60 layers, each a tensor of its own, takes 6 MB. */
const maxHeaderBytes = 16_000_000;

/** Each tensor is an object with two lists. */
const maxNested = 4 * maxTensors;

/** GGUF has four; what has more can't be converted anyhow. */
const maxShapeLength = 8;

/** In the order of their bytes. Throws `bad_checkpoint`, and what the source throws. */
export async function readSafetensors(source: ByteSource, file: string): Promise<readonly SafetensorsTensor[]> {
  const bad = (problem: string) =>
    new CorralError('bad_checkpoint', `${quoted(file)} is no usable safetensors file: ${problem}`, {
      hint: 'The file is damaged or was fetched in part; get it again.',
    });
  if (source.sizeBytes < 8) throw bad('it has no header');
  const lengthBytes = await source.read(0, 8);
  const length = Buffer.from(lengthBytes).readBigUInt64LE();
  if (length > BigInt(source.sizeBytes - 8)) throw bad('its header is longer than the file');
  if (length > maxHeaderBytes) throw bad('its header is too long');
  const dataOffset = 8 + Number(length);
  const headerBytes = await source.read(8, Number(length));
  if (!nestsAtMost(headerBytes, maxNested)) throw bad('it has too many tensors');
  const header = headerObject(headerBytes);
  if (header === undefined) throw bad('its header is not JSON');

  const tensors: SafetensorsTensor[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const place = placeOf(entry);
    if (place === undefined) throw bad(`the entry ${quoted(name)} can't be read`);
    const { type, shape, begin, end } = place;
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    if (elements * safetensorsTypes[type] !== end - begin) throw bad(`${quoted(name)} has not the size of its shape`);
    if (dataOffset + end > source.sizeBytes) throw bad(`${quoted(name)} ends behind the file`);
    tensors.push({ name, type, shape, offsetBytes: dataOffset + begin, sizeBytes: end - begin });
  }
  tensors.sort((one, other) => one.offsetBytes - other.offsetBytes || one.sizeBytes - other.sizeBytes);
  let end = dataOffset;
  for (const { name, offsetBytes, sizeBytes } of tensors) {
    if (offsetBytes < end) throw bad(`${quoted(name)} lies upon another tensor`);
    end = offsetBytes + sizeBytes;
  }
  return tensors;
}

function headerObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(parsedJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined; // not UTF-8
  }
}

function placeOf(entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = asObject(entry) ?? {};
  if (typeof dtype !== 'string' || !isType(dtype)) return undefined;
  if (!isNumbers(shape) || shape.length > maxShapeLength || !isNumbers(offsets) || offsets.length !== 2)
    return undefined;
  const [begin = 0, end = 0] = offsets;
  return begin > end ? undefined : { type: dtype, shape, begin, end };
}

const isType = (text: string): text is SafetensorsType => Object.hasOwn(safetensorsTypes, text);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
