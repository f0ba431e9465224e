/**
 * Token bytes in, text out: never half a character (a Korean syllable or an emoji spans tokens), never any part of a stop
 * string. A suffix that might begin a stop string is held back until it is known.
 */
import { StringDecoder } from 'node:string_decoder';

export interface TextPiece {
  /** Text that is safe to show. May be empty. */
  readonly text: string;
  /** A stop string was met; text ends before it and nothing more may be pushed. */
  readonly stopped: boolean;
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
    if (this.#stops.length === 0) return { text, stopped: false };
    const stopAt = this.#firstStop(text);
    if (stopAt >= 0) {
      this.#held = '';
      return { text: text.slice(0, stopAt), stopped: true };
    }
    const safe = text.length - this.#possibleStopLength(text);
    this.#held = text.slice(safe);
    return { text: text.slice(0, safe), stopped: false };
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

  #firstStop(text: string): number {
    let first = -1;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) first = at;
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
