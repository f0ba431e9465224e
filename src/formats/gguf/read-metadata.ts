/**
 * The key-value part of a header. Arrays are where its bytes are (a vocabulary takes megabytes, the rest kilobytes), so they can be
 * passed over; of a vocabulary passed over, the few tokens that other keys name are fetched afterwards. To find those again without
 * walking from the first token, the position of every 512th is noted on the way.
 */
import { badGguf, quoted } from './bad-gguf.ts';
import type { GgufArray, GgufScalar, GgufValueType } from './gguf.ts';
import { maxArrayElements, maxKeyBytes, maxLayerListLength, maxStringBytes } from './gguf-limits.ts';
import type { SourceCursor } from './source-cursor.ts';

type NumberType = Exclude<GgufValueType, 'string' | 'array'>;

interface FixedValue {
  readonly bytes: number;
  readonly take: (cursor: SourceCursor) => GgufScalar;
}

/** In the order of their numbers in the file. */
const valueTypes: readonly GgufValueType[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'bool',
  'string',
  'array',
  'uint64',
  'int64',
  'float64',
];

const fixedValues: Readonly<Record<NumberType, FixedValue>> = {
  uint8: { bytes: 1, take: (cursor) => cursor.uint8() },
  int8: { bytes: 1, take: (cursor) => cursor.int8() },
  uint16: { bytes: 2, take: (cursor) => cursor.uint16() },
  int16: { bytes: 2, take: (cursor) => cursor.int16() },
  uint32: { bytes: 4, take: (cursor) => cursor.uint32() },
  int32: { bytes: 4, take: (cursor) => cursor.int32() },
  float32: { bytes: 4, take: (cursor) => cursor.float32() },
  // The specification allows 0 and 1; llama.cpp takes any other value for true.
  bool: { bytes: 1, take: (cursor) => cursor.uint8() !== 0 },
  uint64: { bytes: 8, take: (cursor) => cursor.uint64() },
  int64: { bytes: 8, take: (cursor) => cursor.int64() },
  float64: { bytes: 8, take: (cursor) => cursor.float64() },
};

const vocabularyKey = 'tokenizer.ggml.tokens';
const waypointDistance = 512;
const elementLength = 'the length of a text in a list';

/** Reads one header's key-value pairs, each call one pair. */
export class MetadataReader {
  readonly metadata = new Map<string, GgufScalar | GgufArray>();
  readonly #cursor: SourceCursor;
  readonly #arrays: 'read' | 'skip';
  readonly #vocabularyWaypoints: number[] = [];
  #elements = 0;

  constructor(cursor: SourceCursor, arrays: 'read' | 'skip') {
    this.#cursor = cursor;
    this.#arrays = arrays;
  }

  /** Resolves with the pair's key. */
  async readPair(): Promise<string> {
    const cursor = this.#cursor;
    const key = await this.#string('a key', maxKeyBytes);
    if (key === '') throw badGguf('a key is empty');
    if (this.metadata.has(key)) throw badGguf(`key ${quoted(key)} is there twice`);
    await cursor.fill(4);
    const type = this.#type(key);
    this.metadata.set(key, type === 'array' ? await this.#array(key) : await this.#scalar(key, type));
    return key;
  }

  /** Fetches the tokens that keys such as `tokenizer.ggml.eos_token_id` name. Call after the last pair; moves the cursor. */
  async keepNamedTokens(): Promise<void> {
    const vocabulary = this.metadata.get(vocabularyKey);
    if (typeof vocabulary !== 'object' || this.#vocabularyWaypoints.length === 0) return;
    const kept = new Map<number, string>();
    for (const [key, id] of this.metadata) {
      if (!/^tokenizer\.ggml\.\w+_token_id$/.test(key) || typeof id !== 'number') continue;
      if (!Number.isInteger(id) || id < 0 || id >= vocabulary.length || kept.has(id)) continue;
      kept.set(id, await this.#vocabularyToken(id));
    }
    this.metadata.set(vocabularyKey, { ...vocabulary, keptValues: kept });
  }

  async #vocabularyToken(id: number): Promise<string> {
    const block = Math.floor(id / waypointDistance);
    this.#cursor.seek(this.#vocabularyWaypoints[block] ?? 0);
    await this.#skipStrings(id % waypointDistance);
    return this.#string('a token', maxStringBytes, true);
  }

  #type(key: string): GgufValueType {
    const id = this.#cursor.uint32();
    const type = valueTypes[id];
    if (type === undefined) throw badGguf(`key ${quoted(key)} has a value of unknown type ${id}`);
    return type;
  }

  async #scalar(key: string, type: Exclude<GgufValueType, 'array'>): Promise<GgufScalar> {
    if (type === 'string') return this.#string(`the value of ${quoted(key)}`, maxStringBytes);
    const { bytes, take } = fixedValues[type];
    await this.#cursor.fill(bytes);
    return take(this.#cursor);
  }

  async #array(key: string): Promise<GgufArray> {
    await this.#cursor.fill(12);
    const elementType = this.#type(key);
    if (elementType === 'array') throw badGguf(`key ${quoted(key)} is a list of lists`);
    const length = this.#cursor.count(`the length of ${quoted(key)}`, maxArrayElements - this.#elements);
    this.#elements += length;
    const values =
      elementType === 'string' ? await this.#strings(key, length) : await this.#numbers(elementType, length);
    return { elementType, length, values, keptValues: new Map() };
  }

  async #numbers(type: NumberType, length: number): Promise<GgufScalar[] | undefined> {
    const cursor = this.#cursor;
    const { bytes, take } = fixedValues[type];
    if (this.#arrays === 'skip' && length > maxLayerListLength) {
      cursor.skip(length * bytes);
      return undefined;
    }
    await cursor.fill(length * bytes);
    return Array.from({ length }, () => take(cursor));
  }

  /** Both loops take from the chunk without waiting as long as they can: a promise for each of 500,000 strings is what costs time. */
  async #strings(key: string, length: number): Promise<string[] | undefined> {
    if (this.#arrays === 'skip') {
      const waypoints = key === vocabularyKey ? this.#vocabularyWaypoints : undefined;
      await this.#skipStrings(length, waypoints);
      return undefined;
    }
    const what = `an element of ${quoted(key)}`;
    const cursor = this.#cursor;
    const values: string[] = [];
    for (let index = 0; index < length; index++) {
      if (cursor.available < 8) await cursor.fill(8);
      const bytes = cursor.count(elementLength, maxStringBytes);
      if (cursor.available < bytes) await cursor.fill(bytes);
      // Some vocabularies hold single bytes of a character as tokens; they must not make a model unusable.
      values.push(cursor.text(bytes, what, true));
    }
    return values;
  }

  async #skipStrings(length: number, waypoints?: number[]): Promise<void> {
    const cursor = this.#cursor;
    for (let index = 0; index < length; index++) {
      if (index % waypointDistance === 0) waypoints?.push(cursor.position);
      if (cursor.available < 8) await cursor.fill(8);
      cursor.skip(cursor.count(elementLength, maxStringBytes));
    }
  }

  async #string(what: string, maxBytes: number, repair = false): Promise<string> {
    const cursor = this.#cursor;
    await cursor.fill(8);
    const length = cursor.count(`the length of ${what}`, maxBytes);
    await cursor.fill(length);
    return cursor.text(length, what, repair);
  }
}
