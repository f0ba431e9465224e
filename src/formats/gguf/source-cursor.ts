/**
 * Reads little-endian values from a byte source through one buffered chunk. Asking is separate from taking: `fill` (a promise) makes
 * sure that bytes are there, the getters take them at once. So a caller waits once per chunk instead of once per value, which decides
 * the speed on a vocabulary of 250,000 strings. Every byte is checked against the end of the file before it is asked for.
 */
import { badGguf } from './bad-gguf.ts';
import type { ByteSource } from './byte-source.ts';
import { maxHeaderBytes } from './gguf-limits.ts';
import { shortestFloat } from './shortest-float.ts';

// A small model's header is read in a few pieces, a large one's in a hundred; larger chunks were not faster.
const chunkBytes = 256 * 1024;

// A BOM inside a template or token is text like any other.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const nothing = new Uint8Array();

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export class SourceCursor {
  readonly #source: ByteSource;
  #chunk: Uint8Array = nothing;
  #view = viewOf(nothing);
  #chunkOffset = 0;
  #index = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes from the start of the source. */
  get position(): number {
    return this.#chunkOffset + this.#index;
  }

  /** Bytes that can be taken without `fill`. */
  get available(): number {
    return this.#chunk.length - this.#index;
  }

  /** Makes `count` bytes available. Throws `bad_gguf` where the file or the allowed header ends before. */
  async fill(count: number): Promise<void> {
    if (count <= this.available) return;
    const { position } = this;
    this.#checkEnd(position + count);
    const length = Math.min(Math.max(count, chunkBytes), this.#source.sizeBytes - position);
    const chunk = await this.#source.read(position, length);
    // Only a file that became shorter meanwhile gives less.
    if (chunk.length < count) throw headerCutOff(position + chunk.length);
    this.#chunk = chunk;
    this.#view = viewOf(chunk);
    this.#chunkOffset = position;
    this.#index = 0;
  }

  /** Passes over `count` bytes without reading what is not yet in memory. */
  skip(count: number): void {
    this.#checkEnd(this.position + count);
    this.#index += count;
    if (this.#index > this.#chunk.length) this.seek(this.position);
  }

  /** Goes to a position that was reached before. */
  seek(position: number): void {
    this.#chunk = nothing;
    this.#view = viewOf(nothing);
    this.#chunkOffset = position;
    this.#index = 0;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  float32(): number {
    return shortestFloat(this.#view.getFloat32(this.#take(4), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A number where it fits exactly. */
  uint64(): number | bigint {
    const at = this.#take(8);
    const high = this.#view.getUint32(at + 4, true);
    if (high < 0x20_0000) return high * 0x1_0000_0000 + this.#view.getUint32(at, true);
    return this.#view.getBigUint64(at, true);
  }

  /** A number where it fits exactly. */
  int64(): number | bigint {
    const value = this.#view.getBigInt64(this.#take(8), true);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** A 64-bit count or length that may be at most `max`. */
  count(what: string, max: number): number {
    const value = this.uint64();
    if (value > max) throw badGguf(`${what} is ${value}, at most ${max} is allowed`);
    return Number(value);
  }

  /** Text of `length` bytes. Throws `bad_gguf` where it is not UTF-8, unless `repair` puts U+FFFD in the place of bad bytes. */
  text(length: number, what: string, repair = false): string {
    const at = this.#take(length);
    const bytes = this.#chunk.subarray(at, at + length);
    try {
      return decoder.decode(bytes);
    } catch {
      // The decoder's own error tells nothing more.
      if (repair) return new TextDecoder().decode(bytes);
      throw badGguf(`${what} is not UTF-8 text`);
    }
  }

  #take(count: number): number {
    const at = this.#index;
    if (at + count > this.#chunk.length) throw new RangeError('bytes were taken that were not filled');
    this.#index += count;
    return at;
  }

  #checkEnd(end: number): void {
    if (end > this.#source.sizeBytes) throw headerCutOff(this.#source.sizeBytes);
    if (end > maxHeaderBytes) throw badGguf(`its header has more than ${maxHeaderBytes} bytes`);
  }
}

function headerCutOff(sizeBytes: number): Error {
  return badGguf(`it ends inside its header, after ${sizeBytes} bytes`, brokenOffHint);
}

/** For a file that is shorter than it says. */
export const brokenOffHint = 'A download or copy of it broke off; get it again.';
