/**
 * A vocabulary's spellings, sorted: tokens that begin alike stand together, so the tokens that may come next are found without reading
 * any common beginning twice, and whole stretches that share a refused one are passed over.
 */
import { commonLength } from '../core/common-length.ts';
import type { GrammarPlace } from '../formats/gbnf/partial-character.ts';

export interface TokenSource {
  readonly size: number;
  /** The token's bytes in an answer, one character for each byte; none for a control token that is not `visible`. */
  spelling(token: number, visible: boolean): string;
  isEndOfGeneration(token: number): boolean;
}

interface Spelled {
  readonly token: number;
  readonly text: string;
}

/** A set of tokens, a bit each. */
export type TokenSet = Uint32Array;

export class TokenTable {
  readonly #size: number;
  /** In the order of their bytes; control tokens are left out. */
  readonly #tokens: Int32Array;
  readonly #bytes: Uint8Array;
  /** Where each token's bytes begin, and after the last one where they end. */
  readonly #starts: Int32Array;
  /** How many bytes each token has in common with the one before. */
  readonly #common: Int32Array;
  readonly #ends: readonly number[];

  constructor(source: TokenSource) {
    this.#size = source.size;
    const spelled: Spelled[] = [];
    const ends: number[] = [];
    for (let token = 0; token < source.size; token++) {
      if (source.isEndOfGeneration(token)) {
        ends.push(token);
        continue;
      }
      const text = source.spelling(token, false);
      if (text !== '') spelled.push({ token, text });
    }
    sortByText(spelled);
    this.#ends = ends;
    this.#tokens = Int32Array.from(spelled, ({ token }) => token);
    this.#bytes = Buffer.from(spelled.map(({ text }) => text).join(''), 'latin1');
    this.#starts = new Int32Array(spelled.length + 1);
    this.#common = new Int32Array(spelled.length);
    let previous = '';
    for (const [index, { text }] of spelled.entries()) {
      this.#starts[index + 1] = (this.#starts[index] ?? 0) + text.length;
      this.#common[index] = commonLength(previous, text);
      previous = text;
    }
  }

  /** The tokens that may come at `place`. */
  allowed(place: GrammarPlace): TokenSet {
    const set = new Uint32Array((this.#size + 31) >> 5);
    if (place.mayEnd) for (const token of this.#ends) add(set, token);
    /** Where the bytes of the token last looked at lead, by their number. */
    const places: GrammarPlace[] = [place];
    let refusedLength = Infinity;
    for (let index = 0; index < this.#tokens.length; index++) {
      let length = this.#common[index] ?? 0;
      if (length >= refusedLength) continue;
      refusedLength = Infinity;
      const start = this.#starts[index] ?? 0;
      const end = this.#starts[index + 1] ?? 0;
      for (; start + length < end; length++) {
        const next = places[length]?.afterByte(this.#bytes[start + length] ?? 0);
        if (next === undefined) {
          refusedLength = length + 1;
          break;
        }
        places[length + 1] = next;
      }
      if (refusedLength === Infinity) add(set, this.#tokens[index] ?? 0);
    }
    return set;
  }
}

/** A copy of `set` with more tokens. */
export function withTokens(set: TokenSet, tokens: readonly number[]): TokenSet {
  const larger = set.slice();
  for (const token of tokens) add(larger, token);
  return larger;
}

/**
 * In place. Comparing a hundred thousand strings takes longer than a step may, numbers sort at once: the first four bytes and the place
 * in the list make one number, and only texts that begin alike are compared.
 */
function sortByText(spelled: Spelled[]): void {
  const places = 2 ** 21;
  const unsorted = [...spelled];
  const keys = new Float64Array(unsorted.length);
  for (let index = 0; index < keys.length; index++) {
    keys[index] = beginning(unsorted[index]?.text ?? '') * places + index;
  }
  keys.sort();
  const same: Spelled[] = [];
  let at = 0;
  const flush = (): void => {
    if (same.length > 1) same.sort((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : 0));
    for (const each of same) spelled[at++] = each;
    same.length = 0;
  };
  let previous = -1;
  for (const key of keys) {
    const start = Math.floor(key / places);
    if (start !== previous) flush();
    previous = start;
    const each = unsorted[key - start * places];
    if (each !== undefined) same.push(each);
  }
  flush();
}

function beginning(text: string): number {
  let number = 0;
  for (let index = 0; index < 4; index++) number = number * 256 + (index < text.length ? text.charCodeAt(index) : 0);
  return number;
}

function add(set: TokenSet, token: number): void {
  set[token >> 5] = (set[token >> 5] ?? 0) | (1 << (token & 31));
}
