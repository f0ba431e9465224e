/**
 * Splits an answer into content and tool calls as it comes, whatever the calls' shape.
 *
 * Only text that may begin a call, and white space before it, is held back; all other text flows at once. Inside a call
 * everything waits until the shape has decided. Of a call that proves malformed the opener comes out as content and the
 * rest is scanned again, so that a good call behind a broken one is still found.
 */
import type { Tool } from '../chat-message.ts';
import type { AnswerParser, AnswerPiece } from '../prompt-format.ts';
import type { BlockReading, ToolCallShape } from './tool-call-shape.ts';

/** A call longer than this comes out as content. Real calls carry at most a file's text; a model that never closes one must not fill the memory. */
const maxCallLength = 4 * 1024 * 1024;
/** Up to here a block is read at every push, so that a malformed one is let go early; past it, only when it may have ended. */
const eagerLength = 256;

export interface ToolCallScannerOptions {
  readonly shape: ToolCallShape;
  readonly tools: readonly Tool[];
  readonly newCallId: () => string;
}

export function createToolCallScanner(options: ToolCallScannerOptions): AnswerParser {
  return new ToolCallScanner(options);
}

class ToolCallScanner implements AnswerParser {
  readonly #options: ToolCallScannerOptions;
  /** Text not given out: white space, then an opener or what may become one, then the call so far. */
  #pending = '';
  /** Length of the white space before an open call; undefined outside of one. */
  #callStart: number | undefined;
  #atStart = true;
  #afterCall = false;
  #pieces: AnswerPiece[] = [];

  constructor(options: ToolCallScannerOptions) {
    this.#options = options;
  }

  push(text: string): AnswerPiece[] {
    this.#pending += text;
    if (this.#callStart === undefined || this.#mayHaveEnded(text)) this.#scan(false);
    return this.#taken();
  }

  end(): AnswerPiece[] {
    this.#scan(true);
    // What still waits is white space or the beginning of an opener that never came; after a call, white space says nothing.
    const idle = this.#afterCall && this.#pending.trim() === '';
    if (!idle && !this.#joinsCalls(this.#pending)) this.#give(this.#pending);
    this.#pending = '';
    return this.#taken();
  }

  #mayHaveEnded(text: string): boolean {
    if (this.#pending.length < eagerLength || this.#pending.length > maxCallLength) return true;
    return Array.from(this.#options.shape.closingCharacters).some((character) => text.includes(character));
  }

  #scan(ended: boolean): void {
    while (this.#callStart !== undefined || this.#findCall()) {
      const start = this.#callStart ?? 0;
      const text = this.#pending.slice(start);
      const reading = this.#read(text, ended);
      if (reading.kind === 'more') return;
      const blockText = text.slice(0, reading.endIndex);
      if (reading.kind === 'text') {
        this.#give(this.#pending.slice(0, start) + blockText);
      } else {
        for (const call of reading.calls) {
          this.#pieces.push({ toolCalls: [{ id: this.#options.newCallId(), ...call }] });
        }
        this.#atStart = true;
        this.#afterCall = true;
      }
      this.#pending = text.slice(blockText.length);
      this.#callStart = undefined;
    }
  }

  /** A call that goes on past the end or the limit is content, all of it: scanning it again from every opener within would take quadratic time. */
  #read(text: string, ended: boolean): BlockReading {
    const { shape, tools } = this.#options;
    const reading = shape.read({ text, ended, tools });
    if (reading.kind === 'text') return reading;
    const length = reading.kind === 'calls' ? reading.endIndex : text.length;
    if (length > maxCallLength) return { kind: 'text', endIndex: maxCallLength };
    return reading.kind === 'more' && ended ? { kind: 'text', endIndex: text.length } : reading;
  }

  /** Gives out the text before the next opener and tells whether one was found. */
  #findCall(): boolean {
    const { openers, startOpeners } = this.#options.shape;
    if (this.#atStart && startOpeners.length > 0) {
      const lead = (this.#afterCall ? /^[\s;]*/ : /^\s*/).exec(this.#pending)?.[0].length ?? 0;
      if (lead === this.#pending.length) return false;
      if (startOpeners.some((opener) => this.#pending.startsWith(opener, lead))) {
        this.#callStart = lead;
        return true;
      }
    }
    const found = openers.map((opener) => this.#pending.indexOf(opener)).filter((index) => index >= 0);
    const index = found.length > 0 ? Math.min(...found) : heldIndex(this.#pending, openers);
    const before = this.#pending.slice(0, index);
    // White space goes out only with text that follows it; between calls, so do semicolons.
    const text = this.#joinsCalls(before) ? '' : before.trimEnd();
    this.#give(text);
    this.#pending = this.#pending.slice(text.length);
    if (found.length > 0) this.#callStart = index - text.length;
    return found.length > 0;
  }

  #joinsCalls(text: string): boolean {
    return this.#afterCall && this.#options.shape.startOpeners.length > 0 && /^[\s;]*$/.test(text);
  }

  #give(text: string): void {
    if (text === '') return;
    this.#pieces.push({ content: text });
    this.#atStart = false;
    this.#afterCall = false;
  }

  #taken(): AnswerPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}

/** Where a text's longest end that may become an opener begins. */
function heldIndex(text: string, openers: readonly string[]): number {
  const longest = Math.max(0, ...openers.map((opener) => opener.length));
  for (let index = Math.max(0, text.length - longest + 1); index < text.length; index++) {
    const tail = text.slice(index);
    if (openers.some((opener) => opener.startsWith(tail))) return index;
  }
  return text.length;
}
