import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { printableText } from './printable-text.ts';

test.each([
  ['colour', '\u001b[31mred', '[31mred'],
  ['window title', '\u001b]0;title\u0007x', ']0;titlex'],
  ['a C1 control sequence introducer', '\u009b2Jx', '2Jx'],
  ['carriage return and backspace', 'safe\r\b\bevil', 'safeevil'],
  ['text that runs the other way than it is', 'a\u202eb', 'ab'],
  ['nothing of a text in any language', '한국어 日本語 🙂\n\tend', '한국어 日本語 🙂\n\tend'],
])('takes out %s', (_name, text, printable) => {
  expect(printableText(text)).toBe(printable);
});

test('no control character but newline and tab is ever left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printableText(text)).not.toMatch(/(?![\n\t])\p{Control}/u);
    }),
  );
});
