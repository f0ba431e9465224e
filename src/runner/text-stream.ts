/**
 * Token bytes in, text out: never half a character (a Korean syllable or an emoji spans tokens), never any part of a stop
 * string. A suffix that might begin a stop string is held back until it is known.
 */
import { StringDecoder } from 'node:string_decoder';

export interface TextPiece {
  /** Text that is safe to show. May be empty. */
  readonly text: string;
  /** The stop string that was met: text ends before it and nothing more may be pushed. */
  readonly stop: string | undefined;
}

export class TextStream {
  readonly #stops: readonly string[];
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  /** Empty stop strings would match everywhere and are ignored. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  push(bytes: Buffer): TextPiece {
    const text = this.#held + this.#decoder.write(bytes);
    if (this.#stops.length === 0) return { text, stop: undefined };
    const met = this.#firstStop(text);
    if (met !== undefined) {
      this.#held = '';
      return { text: text.slice(0, met.at), stop: met.stop };
    }
    const safe = text.length - this.#possibleStopLength(text);
    this.#held = text.slice(safe);
    return { text: text.slice(0, safe), stop: undefined };
  }

  /**
   * The text still held back, at the end of a generation without a stop string. Bytes of a character that never became
   * whole (the token limit cut it) are dropped.
   */
  end(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }

  #firstStop(text: string): { readonly at: number; readonly stop: string } | undefined {
    let first: { readonly at: number; readonly stop: string } | undefined;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at >= 0 && (first === undefined || at < first.at)) first = { at, stop };
    }
    return first;
  }

  /** Length of the longest suffix of `text` with which a stop string could begin. */
  #possibleStopLength(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
