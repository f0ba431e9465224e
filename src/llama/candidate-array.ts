/**
 * A `llama_token_data_array` in our own memory: {data *, size, selected, sorted} over `size` entries of {id, logit, p},
 * 12 bytes each. One array serves all requests, since sampling is synchronous.
 */
import koffi from 'koffi';

const entryBytes = 12;
const shared = new Map<number, CandidateArray>();

export class CandidateArray {
  /** The struct, to be passed as its pointer. */
  readonly header = Buffer.alloc(32);
  readonly #ids: Int32Array;
  readonly #logits: Float32Array;
  readonly #address: bigint;
  readonly #capacity: number;

  private constructor(capacity: number) {
    const entries = new ArrayBuffer(capacity * entryBytes);
    this.#ids = new Int32Array(entries);
    this.#logits = new Float32Array(entries);
    this.#address = koffi.address(this.#ids);
    this.#capacity = capacity;
  }

  /** The array for a vocabulary of `capacity` tokens. */
  static shared(capacity: number): CandidateArray {
    let array = shared.get(capacity);
    if (array === undefined) {
      array = new CandidateArray(capacity);
      shared.set(capacity, array);
    }
    return array;
  }

  /** Every token with its logit. Samplers reorder entries, so ids are written too. */
  fill(logits: Float32Array): void {
    const ids = this.#ids;
    const values = this.#logits;
    for (let token = 0, at = 0; token < this.#capacity; token++, at += 3) {
      ids[at] = token;
      values[at + 1] = logits[token] ?? 0;
      values[at + 2] = 0;
    }
    this.#reset(this.#capacity);
  }

  /** After `fill`: a token that must not be selected. */
  ban(token: number): void {
    this.#logits[3 * token + 1] = Number.NEGATIVE_INFINITY;
  }

  /** One token alone. */
  single(token: number, logit: number): void {
    this.#ids[0] = token;
    this.#logits[1] = logit;
    this.#logits[2] = 0;
    this.#reset(1);
  }

  /** The logit of entry 0, after `single` and a sampler. */
  firstLogit(): number {
    return this.#logits[1] ?? 0;
  }

  /** The token that the last sampler selected. Samplers may have moved the data, so it is read through the struct. */
  selected(): number {
    const data = this.header.readBigUInt64LE(0);
    const index = this.header.readBigInt64LE(16);
    return koffi.decode.int32(data + index * BigInt(entryBytes));
  }

  #reset(size: number): void {
    this.header.writeBigUInt64LE(this.#address, 0);
    this.header.writeBigUInt64LE(BigInt(size), 8);
    this.header.writeBigInt64LE(-1n, 16);
    this.header.writeUInt8(0, 24);
  }
}
