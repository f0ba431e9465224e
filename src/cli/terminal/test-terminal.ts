/**
 * A small terminal for tests: what a user would see after these bytes. It knows what the command line writes (text, line feeds,
 * the cursor and erase sequences) and throws at anything else, so that no test passes on a sequence nobody looked at.
 */
import { graphemesOf } from './text-width.ts';

/** The second cell of a wide character. */
const taken = '';

export class TestTerminal {
  columns: number;
  readonly rows: number;
  row = 0;
  column = 0;
  /** Rows that have scrolled off the top. */
  readonly scrollback: string[] = [];
  #cells: string[][];
  /** After a write into the last cell the cursor stays there until the next character. */
  #wrapPending = false;

  constructor(columns: number, rows = 50) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: rows }, () => this.#blankRow());
  }

  write(bytes: string): void {
    // oxlint-disable-next-line no-control-regex -- escape sequences are what this is about
    for (const [part] of bytes.matchAll(/\u001b\[[?0-9;]*[A-Za-z]|[\r\n]|[^\u001b\r\n]+|\u001b/g)) {
      if (part === '\r') this.#moveTo(this.row, 0);
      else if (part === '\n') this.#lineFeed();
      else if (part.startsWith('\u001b')) this.#obey(part);
      else for (const { text, width } of graphemesOf(part)) this.#print(text, width);
    }
  }

  /** The rows from the top to the last that holds something, without blanks at their ends. */
  screen(): string[] {
    const lines = this.#cells.map((cells) => cells.join('').trimEnd());
    const last = lines.findLastIndex((line) => line !== '');
    return lines.slice(0, last + 1);
  }

  #blankRow(): string[] {
    return Array.from({ length: this.columns }, () => ' ');
  }

  #print(text: string, width: number): void {
    if (/^\p{Control}/u.test(text)) throw new Error(`control character ${JSON.stringify(text)}`);
    if (width === 0) {
      const at = this.#wrapPending ? this.column : this.column - 1;
      const base = this.#cells[this.row]?.[at] === taken ? at - 1 : at;
      this.#set(base, (this.#cells[this.row]?.[base] ?? '') + text);
      return;
    }
    if (this.#wrapPending || this.column + width > this.columns) {
      this.#lineFeed();
      this.#moveTo(this.row, 0);
    }
    this.#set(this.column, text);
    if (width === 2) this.#set(this.column + 1, taken);
    this.#wrapPending = this.column + width >= this.columns;
    this.column = Math.min(this.column + width, this.columns - 1);
  }

  #set(column: number, text: string): void {
    const cells = this.#cells[this.row];
    if (cells === undefined || column < 0) throw new Error('outside of the screen');
    // Overwriting half of a wide character destroys it.
    if (cells[column] === taken && text !== taken) cells[column - 1] = ' ';
    if (cells[column + 1] === taken) cells[column + 1] = ' ';
    cells[column] = text;
  }

  #lineFeed(): void {
    // A terminal in raw mode as Node sets it returns the carriage too.
    this.#wrapPending = false;
    this.column = 0;
    if (this.row < this.rows - 1) this.row += 1;
    else {
      this.scrollback.push((this.#cells.shift() ?? []).join('').trimEnd());
      this.#cells.push(this.#blankRow());
    }
  }

  #moveTo(row: number, column: number): void {
    this.#wrapPending = false;
    this.row = Math.max(0, Math.min(row, this.rows - 1));
    this.column = Math.max(0, Math.min(column, this.columns - 1));
  }

  #obey(sequence: string): void {
    const kind = sequence.at(-1);
    const count = Number(sequence.slice(2, -1) || '1');
    if (kind === 'm' || kind === 'h' || kind === 'l') return;
    if (kind === 'A') this.#moveTo(this.row - count, this.column);
    else if (kind === 'B') this.#moveTo(this.row + count, this.column);
    else if (kind === 'G') this.#moveTo(this.row, count - 1);
    else if (kind === 'H') this.#moveTo(0, 0);
    else if (kind === 'K') this.#eraseFrom(this.row, this.column);
    else if (kind === 'J') this.#eraseBelow(sequence === '\u001b[2J' ? 0 : this.row);
    else throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
  }

  #eraseFrom(row: number, column: number): void {
    this.#wrapPending = false;
    this.#cells[row]?.fill(' ', column);
  }

  #eraseBelow(row: number): void {
    this.#eraseFrom(row, row === this.row ? this.column : 0);
    for (let below = row + 1; below < this.rows; below += 1) this.#eraseFrom(below, 0);
  }
}
