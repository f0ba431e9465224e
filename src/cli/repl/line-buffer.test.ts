import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as buffers from './line-buffer.ts';
import type { LineBuffer } from './line-buffer.ts';

/** A buffer with the cursor where `|` is. */
function at(marked: string): LineBuffer {
  return { text: marked.replace('|', ''), cursor: marked.indexOf('|') };
}

function marked({ text, cursor }: LineBuffer): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const family = '👨‍👩‍👧';
const jamo = '\u1112\u1161\u11ab';

describe('line buffer', () => {
  test.each([
    ['backspace takes a whole emoji', buffers.deleteBefore, `a${family}|b`, 'a|b'],
    ['backspace takes a syllable of conjoining jamo', buffers.deleteBefore, `a${jamo}|`, 'a|'],
    ['backspace takes a line break', buffers.deleteBefore, 'a\n|b', 'a|b'],
    ['backspace at the start does nothing', buffers.deleteBefore, '|ab', '|ab'],
    ['delete takes what follows', buffers.deleteAfter, `|${jamo}b`, '|b'],
    ['left moves over a whole flag', buffers.moveLeft, 'a🇰🇷|', 'a|🇰🇷'],
    ['right moves over a whole emoji', buffers.moveRight, `|${family}`, `${family}|`],
    ['home goes to the start of the line, not of the text', buffers.moveToLineStart, 'ab\ncd|', 'ab\n|cd'],
    ['end goes to the end of the line', buffers.moveToLineEnd, 'a|b\ncd', 'ab|\ncd'],
    ['a word back', buffers.moveWordLeft, '안녕 하세요, you|', '안녕 하세요, |you'],
    ['a word back over blanks and signs', buffers.moveWordLeft, '안녕 하세요, |you', '안녕 |하세요, you'],
    ['a word forward', buffers.moveWordRight, 'a|b  한국 x', 'ab|  한국 x'],
    ['a word forward over blanks', buffers.moveWordRight, 'ab|  한국 x', 'ab  한국| x'],
    ['Ctrl+K deletes to the end of the line', buffers.deleteToLineEnd, 'a|b\nc', 'a|\nc'],
    ['Ctrl+K at the end of a line takes the line break', buffers.deleteToLineEnd, 'ab|\nc', 'ab|c'],
    ['Ctrl+U deletes to the start of the line', buffers.deleteToLineStart, 'a\nbc|d', 'a\n|d'],
    ['Ctrl+W deletes back to a blank', buffers.deleteBlankWordBefore, 'ls a/b/c  |x', 'ls |x'],
    ['Alt+Backspace deletes a word', buffers.deleteWordBefore, 'ls a/b|', 'ls a/|'],
    ['Alt+D deletes the word after', buffers.deleteWordAfter, 'ls| a/b', 'ls|/b'],
  ])('%s', (_name, edit, before, after) => {
    expect(marked(edit(at(before)))).toBe(after);
  });

  test('a jamo typed behind another joins it', () => {
    const typed = ['\u1112', '\u1161', '\u11ab'].reduce(
      (buffer, text) => buffers.insert(buffer, text),
      buffers.emptyBuffer,
    );
    expect(marked(typed)).toBe(`${jamo}|`);
    expect(buffers.moveLeft(typed).cursor).toBe(0);
  });

  test('up and down keep the column, wide characters counted as two', () => {
    const buffer = at('가나다\nabcd|ef\nx');
    expect(marked(buffers.moveUp(buffer) ?? buffer)).toBe('가나|다\nabcdef\nx');
    expect(marked(buffers.moveDown(buffer) ?? buffer)).toBe('가나다\nabcdef\nx|');
    expect(buffers.moveUp(at('a|b\nc'))).toBeUndefined();
    expect(buffers.moveDown(at('ab\n|c'))).toBeUndefined();
  });

  test('after any edits the cursor stands between graphemes and nothing but the edits changed the text', () => {
    const pieces = ['a', ' ', '\n', '한', '\u1112', '\u1161', '\u11ab', '🙂', '\u200d', '🇰', '🇷', '\u0301', '漢'];
    const edits = Object.values(buffers).filter((edit) => typeof edit === 'function' && edit.length === 1) as ((
      b: LineBuffer,
    ) => LineBuffer | undefined)[];
    const step = fc.oneof(
      fc.constantFrom(...pieces).map((piece) => (buffer: LineBuffer) => buffers.insert(buffer, piece)),
      fc.constantFrom(...edits.filter((edit) => edit !== (buffers.bufferOf as unknown))),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let buffer = buffers.emptyBuffer;
        for (const edit of steps) {
          buffer = edit(buffer) ?? buffer;
          const line = buffer.text.slice(buffer.text.lastIndexOf('\n', buffer.cursor - 1) + 1).split('\n')[0] ?? '';
          const start = buffer.cursor === 0 ? 0 : buffer.text.lastIndexOf('\n', buffer.cursor - 1) + 1;
          const boundaries = [...new Intl.Segmenter('en').segment(line)].map(({ index }) => start + index);
          expect([...boundaries, start + line.length]).toContain(buffer.cursor);
        }
      }),
    );
  });
});
