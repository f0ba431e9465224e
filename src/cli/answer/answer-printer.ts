/**
 * Writes a streamed answer: the thinking in grey between its two lines, then the content. On a terminal control characters
 * are taken out and words wrapped; into a file or pipe the text goes exactly as the model gave it.
 */
import type { TerminalOutput } from '../command-line-host.ts';
import { printableText } from '../terminal/printable-text.ts';
import type { WordWrapper } from '../terminal/word-wrapper.ts';

export interface AnswerPrinterOptions {
  readonly output: TerminalOutput;
  /** Undefined = lines are left to the terminal. */
  readonly wrapper: WordWrapper | undefined;
  readonly hideThinking: boolean;
}

export interface AnswerPrinter {
  thinking(text: string): void;
  content(text: string): void;
  /** Closes what is open; the blank line after an answer. Nothing if nothing was written. */
  finish(): void;
}

const grey = '\u001b[38;5;245m';
const plain = '\u001b[0m';

export function createAnswerPrinter({ output, wrapper, hideThinking }: AnswerPrinterOptions): AnswerPrinter {
  const isTerminal = output.isTTY === true;
  let part: 'none' | 'thinking' | 'content' = 'none';
  let atLineStart = true;

  const write = (text: string, end = false): void => {
    const shown = isTerminal ? printableText(text) : text;
    if (shown !== '') atLineStart = shown.endsWith('\n');
    const wrapped = wrapper === undefined ? shown : wrapper.write(shown) + (end ? wrapper.end() : '');
    if (wrapped !== '') output.write(wrapped);
  };
  const colour = (code: string): void => {
    if (isTerminal) output.write(code);
  };
  const endThinking = (): void => {
    write(`${atLineStart ? '' : '\n'}...done thinking.\n\n`, true);
    colour(plain);
  };

  return {
    thinking(text) {
      if (hideThinking) return;
      if (part === 'none') {
        // Models begin their thinking with blank lines that belong to its mark.
        const first = text.trimStart();
        if (first === '') return;
        part = 'thinking';
        colour(grey);
        write(`Thinking...\n${first}`);
      } else write(text);
    },
    content(text) {
      if (text === '') return;
      if (part === 'thinking') endThinking();
      part = 'content';
      write(text);
    },
    finish() {
      if (part === 'none') return;
      write('\n\n', true);
      if (part === 'thinking') colour(plain);
      part = 'none';
    },
  };
}
