import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestTerminal } from '../terminal/test-terminal.ts';
import { createKeyDecoder } from './key-decoder.ts';
import { pressKey, startEditing } from './line-editor.ts';
import { clipFrame, type Frame, layOutLine, rowWidth } from './line-layout.ts';
import { blankFrame, eraseAfterResize, paint } from './line-painter.ts';

function layOut(text: string, cursor: number, columns: number): Frame {
  return layOutLine({ text, cursor, prompt: '>>> ', nextPrompt: '... ', placeholder: 'Send', columns });
}

/** Types the bytes into an editor on a terminal of this size, painting after each key. */
function type(bytes: string, columns: number, rows = 50): { terminal: TestTerminal; frame: Frame; written: string[] } {
  const terminal = new TestTerminal(columns, rows);
  const decoder = createKeyDecoder();
  let state = startEditing(['earlier']);
  let frame = blankFrame;
  const written: string[] = [];
  const show = () => {
    const next = clipFrame(layOut(state.buffer.text, state.buffer.cursor, columns), rows);
    const output = paint(frame, next);
    written.push(output);
    terminal.write(output);
    frame = next;
  };
  show();
  for (const key of decoder.decode(Buffer.from(bytes))) {
    ({ state } = pressKey(state, key));
    show();
  }
  return { terminal, frame, written };
}

/** What the rows of a frame look like on a screen. */
function lines(frame: Frame): string[] {
  return frame.rows.map((row) =>
    row
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
}

const left = '\u001b[D';

describe('the line on the screen', () => {
  test.each([
    ['an empty line shows the placeholder, cut at the edge', '', 7, ['>>> Sen'], 0, 4],
    ['a typed text follows the prompt', 'hello', 20, ['>>> hello'], 0, 9],
    ['Hangul takes two cells', '안녕', 20, ['>>> 안녕'], 0, 8],
    ['a full row puts the cursor on the next', 'abcdefgh', 12, ['>>> abcdefgh'], 1, 4],
    ['a wide character that does not fit goes down whole', 'abcdefg한', 12, ['>>> abcdefg', '    한'], 1, 6],
    ['the cursor before it stands where it is', `abcdefg한${left}`, 12, ['>>> abcdefg', '    한'], 1, 4],
    ['a narrow window has no indent', '안녕하세요', 9, ['>>> 안녕', '하세요'], 1, 6],
    ['lines of one message', 'a\nb', 20, ['>>> a', '... b'], 1, 5],
    ['inserting in the middle', `안요${left}녕`, 20, ['>>> 안녕요'], 0, 8],
    ['deleting back to nothing shows the placeholder again', 'a\u007f', 20, ['>>> Send'], 0, 4],
    ['a deleted row is gone', 'a\nb\u007f\u007f', 20, ['>>> a'], 0, 5],
    ['conjoining jamo are one character of two cells', '\u1112\u1161\u11abx', 20, ['>>> \u1112\u1161\u11abx'], 0, 7],
    ['a tab is blanks', '\u001b[200~a\tb\u001b[201~', 20, ['>>> a    b'], 0, 10],
  ])('%s', (_name, bytes, columns, screen, row, column) => {
    const { terminal } = type(bytes, columns);
    expect(terminal.screen()).toEqual(screen);
    expect([terminal.row, terminal.column]).toEqual([row, column]);
  });

  test('typing at the end writes the character and nothing else', () => {
    const { written } = type('a\u001b[200~한\u001b[201~b', 40);
    expect(written.slice(2)).toEqual(['한', 'b']);
  });

  const pieces = [
    'a',
    ' ',
    '한',
    '글',
    '漢',
    '🙂',
    '\u1112\u1161\u11ab',
    'e\u0301',
    '\n',
    '\t',
    left,
    left,
    '\u001b[C',
    '\u001b[A',
    '\u001b[B',
    '\u0001',
    '\u0005',
    '\u007f',
    '\u0017',
    '\u000b',
    '\u001bb',
  ];
  const script = fc.array(fc.constantFrom(...pieces), { maxLength: 50 }).map((keys) => keys.join(''));

  test('after any keys the screen and its cursor are what the layout says, at every width', () => {
    fc.assert(
      fc.property(script, fc.integer({ min: 2, max: 40 }), (bytes, columns) => {
        const { terminal, frame } = type(bytes, columns, 80);
        expect(frame.rows.every((row) => rowWidth(row) <= columns)).toBe(true);
        expect(terminal.screen()).toEqual(lines(frame).slice(0, lines(frame).findLastIndex((line) => line !== '') + 1));
        expect([terminal.row, terminal.column]).toEqual([frame.cursorRow, frame.cursorColumn]);
      }),
      { numRuns: 300 },
    );
  });

  test('a text taller than the screen shows the rows around the cursor', () => {
    fc.assert(
      fc.property(script, fc.integer({ min: 4, max: 12 }), fc.integer({ min: 1, max: 3 }), (bytes, columns, rows) => {
        const { terminal, frame } = type(bytes, columns, rows);
        expect(terminal.screen()).toEqual(lines(frame).slice(0, lines(frame).findLastIndex((line) => line !== '') + 1));
        expect([terminal.row, terminal.column]).toEqual([frame.cursorRow, frame.cursorColumn]);
        expect(terminal.scrollback.join('')).not.toContain('Send');
      }),
    );
  });

  test('after the window became narrower everything that was folded is erased', () => {
    const before = layOut('한국어로 대답해 주세요', 12, 40);
    // The terminal folds the row of 25 cells into three of 10; the cursor, in cell 22, is then on the third.
    const terminal = new TestTerminal(10);
    terminal.write('>>> 한국어로 대답해 주세요');
    terminal.write(`\u001b[${(before.cursorColumn % 10) + 1}G`);
    terminal.write(eraseAfterResize(before, 10));
    expect(terminal.screen()).toEqual([]);
    expect([terminal.row, terminal.column]).toEqual([0, 0]);
  });
});
