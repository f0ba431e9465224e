import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createWordWrapper } from '../terminal/word-wrapper.ts';
import { type AnswerPrinter, createAnswerPrinter } from './answer-printer.ts';

function printed(
  isTTY: boolean,
  use: (printer: AnswerPrinter) => void,
  options: { wrap?: boolean; hideThinking?: boolean } = {},
): string {
  const output = Object.assign(new PassThrough(), { isTTY });
  const wrapper = options.wrap === true ? createWordWrapper(() => 10) : undefined;
  use(createAnswerPrinter({ output, wrapper, hideThinking: options.hideThinking === true }));
  return String(output.read() ?? '');
}

describe('answer printer', () => {
  test('a pipe gets the text exactly, then the blank line', () => {
    expect(printed(false, (printer) => (printer.content('a\u001b[31m '), printer.content('b'), printer.finish()))).toBe(
      'a\u001b[31m b\n\n',
    );
  });

  test('a terminal gets no control characters from the model', () => {
    expect(printed(true, (printer) => printer.content('a\u001b[31mb\r'))).toBe('a[31mb');
  });

  test('thinking stands in grey between its marks', () => {
    const text = printed(true, (printer) => {
      printer.thinking('\n\nhm');
      printer.thinking(' so');
      printer.content('42');
      printer.finish();
    });
    expect(text).toBe('\u001b[38;5;245mThinking...\nhm so\n...done thinking.\n\n\u001b[0m42\n\n');
  });

  test('thinking that ends its line gets no second line end, and a pipe no colour', () => {
    expect(printed(false, (printer) => (printer.thinking('hm\n'), printer.content('42')))).toBe(
      'Thinking...\nhm\n...done thinking.\n\n42',
    );
  });

  test('hidden thinking leaves no trace', () => {
    expect(printed(true, (printer) => (printer.thinking('hm'), printer.content('42')), { hideThinking: true })).toBe(
      '42',
    );
  });

  test('an answer stopped while thinking leaves the terminal without colour', () => {
    expect(printed(true, (printer) => (printer.thinking('hm'), printer.finish()))).toContain('hm\n\n\u001b[0m');
  });

  test('nothing said, nothing printed', () => {
    expect(printed(true, (printer) => (printer.content(''), printer.finish()))).toBe('');
  });

  test('what the wrapper held back is not lost at the end', () => {
    expect(printed(true, (printer) => (printer.content('🙂'), printer.finish()), { wrap: true })).toBe('🙂\n\n');
  });
});
