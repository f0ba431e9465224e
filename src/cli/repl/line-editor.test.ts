import { describe, expect, test } from 'vitest';
import type { Key, KeyName } from './key-decoder.ts';
import { type EditorState, pressKey, startEditing, wantsMoreLines } from './line-editor.ts';

const text = (typed: string): Key => ({ kind: 'text', text: typed });
const key = (name: KeyName): Key => ({ kind: 'key', name });

function press(state: EditorState, ...keys: readonly Key[]): { state: EditorState; events: string[] } {
  const events: string[] = [];
  let current = state;
  for (const next of keys) {
    const { state: after, event } = pressKey(current, next);
    current = after;
    if (event !== undefined) events.push(event);
  }
  return { state: current, events };
}

describe('line editor', () => {
  test.each([
    ['enter submits', [text('hi'), key('enter')], 'hi', ['submit']],
    ['Ctrl+J begins a line', [text('a'), key('newline'), text('b'), key('enter')], 'a\nb', ['submit']],
    [
      'enter within triple quotes begins a line',
      [text('"""a'), key('enter'), text('b"""'), key('enter')],
      '"""a\nb"""',
      ['submit'],
    ],
    ['a pasted line break does not submit', [{ kind: 'paste', text: 'a\nb' } as const], 'a\nb', []],
    ['Ctrl+C interrupts', [text('a'), key('ctrl-c')], 'a', ['interrupt']],
    ['Ctrl+D on nothing ends', [key('ctrl-d')], '', ['end']],
    ['Ctrl+D on something deletes', [text('ab'), key('ctrl-a'), key('ctrl-d')], 'b', []],
    [
      'Ctrl+L, Ctrl+G and Ctrl+Z ask for effects',
      [key('ctrl-l'), key('ctrl-g'), key('ctrl-z')],
      '',
      ['clear-screen', 'external-editor', 'suspend'],
    ],
    ['escape does nothing', [text('a'), key('escape')], 'a', []],
  ])('%s', (_name, keys, expected, expectedEvents) => {
    const { state, events } = press(startEditing([]), ...keys);
    expect(state.buffer.text).toBe(expected);
    expect(events).toEqual(expectedEvents);
  });

  test('up shows earlier lines, down comes back to what was being written', () => {
    const start = press(startEditing(['one', 'two']), text('dra')).state;
    const seen = (keys: readonly KeyName[]) => press(start, ...keys.map(key)).state.buffer.text;
    expect(seen(['up'])).toBe('two');
    expect(seen(['up', 'up'])).toBe('one');
    expect(seen(['up', 'up', 'up'])).toBe('one');
    expect(seen(['up', 'up', 'down'])).toBe('two');
    expect(seen(['up', 'down'])).toBe('dra');
    expect(seen(['down'])).toBe('dra');
  });

  test('in a text of several lines up moves within it first', () => {
    const { state } = press(startEditing(['old']), { kind: 'paste', text: 'a\nb' }, key('up'));
    expect(state.buffer).toEqual({ text: 'a\nb', cursor: 1 });
    expect(press(state, key('up')).state.buffer.text).toBe('old');
  });

  test.each([
    ['"""', true],
    ['"""a', true],
    ['"""a"""', false],
    ['/set system """a', true],
    ['/set system """a\nb"""', false],
    ['say """', false],
    ['', false],
  ])('%j wants more lines: %s', (typed, more) => {
    expect(wantsMoreLines(typed)).toBe(more);
  });
});
