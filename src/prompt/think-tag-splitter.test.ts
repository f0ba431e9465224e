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

describe('thinking and content', () => {
  const cases: readonly [name: string, text: string, startsInside: boolean, thinking: string, content: string][] = [
    ['thinking, then content', '<think>a</think>b', false, 'a', 'b'],
    ['white space after the tags belongs to neither', ' \n<think>\n a</think>\n\n b', false, 'a', 'b'],
    ['no tag', ' a<think>b</think>', false, '', ' a<think>b</think>'],
    ['opened by the prompt', 'a</think>b', true, 'a', 'b'],
    ['never closed', '<think>a</thin', false, 'a</thin', ''],
    ['nothing thought', '<think>\n\n</think>\n\nb', false, '', 'b'],
    ['a tag that never came', '<thi', false, '', '<thi'],
    ['only the first thinking counts', '<think>a</think>b<think>c</think>', false, 'a', 'b<think>c</think>'],
    ['nothing', '', false, '', ''],
  ];
  it.each(cases)('%s', (_name, text, startsInside, thinking, content) => {
    expect(split([text], startsInside)).toEqual({ thinking, content });
    expect(split(Array.from(text), startsInside)).toEqual({ thinking, content });
  });

  it('do not depend on where the text is cut', () => {
    const part = fc.constantFrom('<think>', '</think>', '<', '</', 'think>', ' ', '\n', 'a');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.boolean(), (parts, startsInside) => {
        expect(split(parts, startsInside)).toEqual(split([parts.join('')], startsInside));
        expect(split(Array.from(parts.join('')), startsInside)).toEqual(split(parts, startsInside));
      }),
      { numRuns: 500 },
    );
  });

  it('flow at once where no tag can begin', () => {
    const splitter = createThinkTagSplitter({ open: '<think>', close: '</think>', startsInside: true });
    expect(splitter.push('a <')).toEqual([{ thinking: 'a ' }]);
    expect(splitter.push('b')).toEqual([{ thinking: '<b' }]);
  });
});
