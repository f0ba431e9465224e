import { expect, test } from 'vitest';
import { readTypedLine } from './typed-line.ts';

test.each([
  ['nothing', '  ', { kind: 'nothing' }],
  ['a message as it was typed', ' hi there ', { kind: 'message', text: ' hi there ' }],
  ['a quoted message', '"""\na\nb\n"""', { kind: 'message', text: 'a\nb' }],
  ['a quoted message with something after it', '"""a"""b', { kind: 'message', text: 'ab' }],
  ['a command', '/bye', { kind: 'command', name: 'bye', words: [], rest: '' }],
  [
    'a command with words',
    '/set parameter stop a b',
    { kind: 'command', name: 'set', words: ['parameter', 'stop', 'a', 'b'], rest: 'stop a b' },
  ],
  [
    'a quoted system message',
    '/set system """You are\n  a pirate"""',
    { kind: 'command', name: 'set', words: ['system', '"""You', 'are', 'a', 'pirate"""'], rest: 'You are\n  a pirate' },
  ],
  ['help', '/? set', { kind: 'command', name: '?', words: ['set'], rest: '' }],
  ['an unknown command', '/sett x', { kind: 'unknown', name: '/sett' }],
  ['a path', '/home/a/b.png what is this', { kind: 'message', text: '/home/a/b.png what is this' }],
])('%s', (_name, line, expected) => {
  expect(readTypedLine(line)).toEqual(expected);
});
