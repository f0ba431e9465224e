import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createThinkTagSplitter } from './think-tag-splitter.ts';

function split(chunks: readonly string[], startsInside = false): { thinking: string; content: string } {
  const splitter = createThinkTagSplitter({ open: '<think>', close: '</think>', startsInside });
  const pieces = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
  return {
    thinking: pieces.map((piece) => piece.thinking ?? '').join(''),
    content: pieces.map((piece) => piece.content ?? '').join(''),
  };
}

describe('thinking is split from content', () => {
  const cases: readonly (readonly [string, string, boolean, string, string])[] = [
    ['blanks around the tags belong to nobody', ' \n<think>\n a \n</think>\n\n b ', false, 'a \n', 'b '],
    ['no tag at the start: all is content', ' a <think>b</think>', false, '', ' a <think>b</think>'],
    ['the prompt opened it', ' a</think>b', true, 'a', 'b'],
    ['it never closes', '<think>a</thi', false, 'a</thi', ''],
    ['half an opening tag is content', '<thi', false, '', '<thi'],
    ['a second pair is content', '<think>a</think>b<think>c</think>', false, 'a', 'b<think>c</think>'],
    ['nothing thought', '<think></think>b', false, '', 'b'],
  ];
  it.each(cases)('%s', (_name, text, startsInside, thinking, content) => {
    expect(split([text], startsInside)).toEqual({ thinking, content });
    expect(split(text.split(''), startsInside)).toEqual({ thinking, content });
  });

  it('any cutting gives the same', () => {
    const piece = fc.constantFrom('<think>', '</think>', '<', '/', 'think>', ' ', '\n', 'a', '<think', '</');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (chunks, startsInside) => {
        const whole = split([chunks.join('')], startsInside);
        expect(split(chunks, startsInside)).toEqual(whole);
        expect(split(chunks.join('').split(''), startsInside)).toEqual(whole);
      }),
    );
  });
});
