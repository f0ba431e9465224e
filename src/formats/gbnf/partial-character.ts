/** Inside of a character of several bytes: tokens end there too. Every byte is checked against the characters that can still come of it. */

/** Between two bytes of a text. */
export interface GrammarPlace {
  /** Whether the text may end here. */
  readonly mayEnd: boolean;
  /** Behind one more byte; undefined where that is not allowed. */
  afterByte(byte: number): GrammarPlace | undefined;
}

/** The position before the character. */
interface Before {
  allowsAny(first: number, last: number): boolean;
  after(codePoint: number): GrammarPlace | undefined;
}

export class PartialCharacter implements GrammarPlace {
  readonly mayEnd = false;
  readonly #before: Before;
  /** Bits read so far. */
  readonly #value: number;
  /** Bytes still to come, 1 to 3. */
  readonly #missing: number;
  /** The least character that takes this many bytes: others are written shorter (RFC 3629, section 3). */
  readonly #least: number;

  private constructor(before: Before, value: number, missing: number, least: number) {
    this.#before = before;
    this.#value = value;
    this.#missing = missing;
    this.#least = least;
  }

  /** Behind the first byte, which is 0x80 or more. */
  static begun(before: Before, byte: number): PartialCharacter | undefined {
    if (byte < 0xc2 || byte > 0xf4) return undefined;
    if (byte < 0xe0) return PartialCharacter.#checked(before, byte & 0x1f, 1, 0x80);
    if (byte < 0xf0) return PartialCharacter.#checked(before, byte & 0x0f, 2, 0x800);
    return PartialCharacter.#checked(before, byte & 0x07, 3, 0x10000);
  }

  static #checked(before: Before, value: number, missing: number, least: number): PartialCharacter | undefined {
    const first = Math.max(value << (6 * missing), least);
    const last = ((value + 1) << (6 * missing)) - 1;
    return first <= last && before.allowsAny(first, last)
      ? new PartialCharacter(before, value, missing, least)
      : undefined;
  }

  afterByte(byte: number): GrammarPlace | undefined {
    if (byte >> 6 !== 2) return undefined;
    const value = (this.#value << 6) | (byte & 0x3f);
    if (this.#missing > 1) return PartialCharacter.#checked(this.#before, value, this.#missing - 1, this.#least);
    return value < this.#least ? undefined : this.#before.after(value);
  }
}
