/**
 * The words and values of a Modelfile, in the order in which the parser asks for them: what a word may hold depends on the instruction.
 *
 * A value runs to the end of its line, or from an opening `"` or `"""` to the line that ends (but for blanks) in the same quotes. There are no
 * escapes, and quotes in the middle of a line close nothing. Control characters are dropped outside quotes, as Ollama does; inside
 * quotes everything is kept, so that a printed value is read back as it was.
 */

/** A value whose opening quotes are never closed. */
export const unclosed = Symbol('unclosed');

const blanks = /[^\S\r\n]*/y;
const blankLinesAndComments = /(?:\s+|#[^\r\n]*)*/y;
const lineEnd = /\r\n|[\r\n]|$/g;
const restOfLine = /[^\r\n]*/y;
const controls = /\p{Cc}/gu;

export class ModelfileLexer {
  readonly #text: string;
  #position = 0;
  #line = 1;
  /** Up to where line ends have been counted. */
  #countedTo = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  /** The line of the position, counted from 1; CRLF ends one line. */
  get line(): number {
    const passed = this.#text.slice(this.#countedTo, this.#position);
    // A position between CR and LF is never asked for: both are skipped together.
    this.#line += passed.match(/\r\n|[\r\n]/g)?.length ?? 0;
    this.#countedTo = this.#position;
    return this.#line;
  }

  /** The character at the position; empty at the end. */
  get next(): string {
    return this.#text.charAt(this.#position);
  }

  skipToCommand(): void {
    this.#take(blankLinesAndComments);
  }

  /** The longest run of `pattern` (sticky) from here, which may be empty. */
  word(pattern: RegExp): string {
    return this.#take(pattern);
  }

  /** Steps over the one blank that ends a word; false when something else follows. */
  skipBlank(): boolean {
    if (this.next !== ' ' && this.next !== '\t') return false;
    this.#position += 1;
    return true;
  }

  value(): string | typeof unclosed {
    this.#take(blanks);
    for (const quotes of ['"""', '"']) {
      if (this.#text.startsWith(quotes, this.#position)) return this.#quoted(quotes);
    }
    return this.#take(restOfLine).replace(controls, dropUnlessTab).trim();
  }

  #quoted(quotes: string): string | typeof unclosed {
    const start = this.#position;
    let lineStart = start;
    for (const { 0: ending, index } of this.#text.slice(start).matchAll(lineEnd)) {
      const lineStop = start + index;
      const closeStop = lineStart + this.#text.slice(lineStart, lineStop).trimEnd().length;
      if (closeStop - start >= 2 * quotes.length && this.#text.endsWith(quotes, closeStop)) {
        this.#position = lineStop;
        return this.#text.slice(start + quotes.length, closeStop - quotes.length);
      }
      lineStart = lineStop + ending.length;
    }
    return unclosed;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const [taken = ''] = pattern.exec(this.#text) ?? [];
    this.#position += taken.length;
    return taken;
  }
}

function dropUnlessTab(control: string): string {
  return control === '\t' ? control : '';
}
