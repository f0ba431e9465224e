import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextStream } from './text-stream.ts';

/** Feeds bytes in the given portions; what came out and whether a stop string ended it. */
function feed(stops: readonly string[], portions: readonly Buffer[]) {
  const stream = new TextStream(stops);
  let text = '';
  for (const portion of portions) {
    const piece = stream.push(portion);
    expect(piece.text).not.toContain('\uFFFD');
    text += piece.text;
    if (piece.stop !== undefined) return { text, stop: piece.stop };
  }
  return { text: text + stream.end(), stop: undefined };
}

/** Cuts a buffer at the given places, in any order and number. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('text of a generation', () => {
  test('a Korean syllable that spans tokens appears whole', () => {
    const bytes = Buffer.from('한글');
    const stream = new TextStream([]);
    expect(stream.push(bytes.subarray(0, 2)).text).toBe('');
    expect(stream.push(bytes.subarray(2, 4)).text).toBe('한');
    expect(stream.push(bytes.subarray(4)).text).toBe('글');
  });

  test('an emoji that the token limit cuts is dropped, not shown as a replacement character', () => {
    const stream = new TextStream([]);
    expect(stream.push(Buffer.from('ok😀').subarray(0, 4)).text).toBe('ok');
    expect(stream.end()).toBe('');
  });

  test.each([
    ['in one piece', ['one 3 two'], 'one ', '3'],
    ['across three tokens', ['a<|', 'im_', 'end|>b'], 'a', '<|im_end|>'],
    ['directly at the start', ['<|im_end|>'], '', '<|im_end|>'],
  ])('a stop string %s ends the text before it and is told', (_, portions, expected, stop) => {
    const result = feed(
      ['3', '<|im_end|>'],
      portions.map((portion) => Buffer.from(portion)),
    );
    expect(result).toEqual({ text: expected, stop });
  });

  test('what only looked like a stop string is shown in the end', () => {
    expect(feed(['<|im_end|>'], [Buffer.from('a<|im'), Buffer.from('_x')])).toEqual({
      text: 'a<|im_x',
      stop: undefined,
    });
    expect(feed(['<|im_end|>'], [Buffer.from('a<|im')])).toEqual({ text: 'a<|im', stop: undefined });
  });

  test('the earliest of several stop strings counts', () => {
    expect(feed(['world', 'lo'], [Buffer.from('hello world')]).text).toBe('hel');
  });

  test('an empty stop string is no stop string', () => {
    expect(feed([''], [Buffer.from('text')])).toEqual({ text: 'text', stop: undefined });
  });

  test('how the bytes are cut into tokens changes nothing', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '<', '|', '가', '힣', '😀', '\n'), { maxLength: 40 });
    const stops = fc.array(fc.constantFrom('<|', 'ab', '가힣', '😀', 'b<a'), { maxLength: 3 });
    fc.assert(
      fc.property(letters, stops, fc.array(fc.nat(), { maxLength: 12 }), (parts, stopStrings, places) => {
        const bytes = Buffer.from(parts.join(''));
        const whole = feed(stopStrings, [bytes]);
        expect(feed(stopStrings, cut(bytes, places))).toEqual(whole);
        for (const stop of stopStrings) expect(whole.text).not.toContain(stop);
      }),
    );
  });
});
