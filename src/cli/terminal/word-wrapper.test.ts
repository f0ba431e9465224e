import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphemesOf, textWidth } from './text-width.ts';
import { TestTerminal } from './test-terminal.ts';
import { createWordWrapper } from './word-wrapper.ts';

/** The screen after the parts have been written one by one. */
function shown(parts: readonly string[], columns: number): string[] {
  const terminal = new TestTerminal(columns, 200);
  const wrapper = createWordWrapper(() => columns);
  for (const part of parts) terminal.write(wrapper.write(part));
  terminal.write(wrapper.end());
  return terminal.screen();
}

const graphemes = [
  'a',
  'b',
  'm',
  'é',
  'e\u0301',
  '가',
  '힣',
  '\u1112\u1161\u11ab',
  '漢',
  '字',
  'か',
  '。',
  '「',
  '」',
  ' ',
  ' ',
  '\n',
  '🙂',
  '👍🏽',
  '👨‍👩‍👧',
  '🇰🇷',
  '❤️',
];
const letters = fc.array(fc.constantFrom(...graphemes), { maxLength: 60 }).map((parts) => parts.join(''));

describe('word wrapper', () => {
  test.each([
    ['a text that fits stays on its line', 'one two', 10, ['one two']],
    ['a word that would cross the edge moves down', 'one two three', 10, ['one two', 'three']],
    ['a word that ends at the edge stays', 'one 678901', 10, ['one 678901']],
    ['the space after a word that ends at the edge is the line break', '1234567890 next', 10, ['1234567890', 'next']],
    ['a word longer than a line is cut', 'abcdefghijklmno', 10, ['abcdefghij', 'klmno']],
    [
      'a long word that began within a line moves and is then cut',
      'ab cdefghijklmnopq',
      10,
      ['ab', 'cdefghijkl', 'mnopq'],
    ],
    ['a word that the next line could not hold either is cut', ' 가나다라마', 9, [' 가나다라', '마']],
    ['Korean breaks at its spaces', '하늘은 왜 푸른가요', 10, ['하늘은 왜', '푸른가요']],
    ['a wide character never stands half over the edge', '가나다라마바', 9, ['가나다라', '마바']],
    ['Japanese breaks between its characters', '漢字かな漢字', 8, ['漢字かな', '漢字']],
    ['a full stop does not begin a line', '漢字かな。漢', 8, ['漢字か', 'な。漢']],
    ['an opening bracket does not end a line', '漢字か「な」', 8, ['漢字か', '「な」']],
    ['line breaks are kept', 'a\n\nb', 10, ['a', '', 'b']],
    ['a tab goes to the next stop', 'a\tb', 20, ['a       b']],
    [
      'conjoining jamo are one character',
      '\u1112\u1161\u11ab\u1112\u1161\u11ab\u1112\u1161\u11ab',
      4,
      ['\u1112\u1161\u11ab\u1112\u1161\u11ab', '\u1112\u1161\u11ab'],
    ],
  ])('%s', (_name, text, columns, lines) => {
    expect(shown([text], columns)).toEqual(lines);
    expect(shown(Array.from(text), columns)).toEqual(lines);
    expect(shown(text.split(''), columns)).toEqual(lines);
  });

  test('what is shown does not depend on how the text was cut into parts', () => {
    fc.assert(
      fc.property(letters, fc.integer({ min: 2, max: 30 }), (text, columns) => {
        expect(shown(text.split(''), columns)).toEqual(shown([text], columns));
      }),
    );
  });

  test('no character is lost, cut in half or beyond the edge', () => {
    fc.assert(
      fc.property(letters, fc.integer({ min: 2, max: 30 }), (text, columns) => {
        const lines = shown(Array.from(text), columns);
        expect(lines.every((line) => textWidth(line) <= columns)).toBe(true);
        const visible = (of: string) =>
          graphemesOf(of)
            .map((grapheme) => grapheme.text)
            .filter((grapheme) => !/^\s*$/.test(grapheme));
        expect(lines.flatMap(visible)).toEqual(visible(text));
      }),
    );
  });

  test('a word is erased at most once, and only where it must move', () => {
    const wrapper = createWordWrapper(() => 10);
    const written = Array.from('one two three four')
      .map((part) => wrapper.write(part))
      .join('');
    expect(written).toBe('one two th\u001b[9G\u001b[K\nthree four');
  });

  test('a window made narrower is followed', () => {
    let columns = 20;
    const wrapper = createWordWrapper(() => columns);
    wrapper.write('twelve chars');
    columns = 8;
    expect(wrapper.write(' and more')).toBe(' and\nmore');
  });
});
