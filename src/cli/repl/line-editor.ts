/** What a key does to the line being edited. Pure: state and key in, state and perhaps an event for the owner out. */
import type { Key, KeyName } from './key-decoder.ts';
import * as buffers from './line-buffer.ts';
import type { LineBuffer } from './line-buffer.ts';

export interface EditorState {
  readonly buffer: LineBuffer;
  /** Earlier lines, oldest first. */
  readonly history: readonly string[];
  /** The history entry shown; `history.length` = the line being written. */
  readonly position: number;
  /** The line being written, kept while history is shown. */
  readonly draft: string;
}

/** submit: the line is done. interrupt: Ctrl+C. end: Ctrl+D on an empty line. The others ask the owner for an effect. */
export type EditorEvent = 'submit' | 'interrupt' | 'end' | 'clear-screen' | 'external-editor' | 'suspend';

export interface EditorStep {
  readonly state: EditorState;
  readonly event?: EditorEvent;
}

export function startEditing(history: readonly string[], text = ''): EditorState {
  return { buffer: buffers.bufferOf(text), history, position: history.length, draft: '' };
}

export function pressKey(state: EditorState, key: Key): EditorStep {
  if (key.kind !== 'key') return edited(state, buffers.insert(state.buffer, key.text));
  const edit = edits[key.name];
  if (edit !== undefined) return edited(state, edit(state.buffer));
  const { name } = key;
  if (name === 'enter' && wantsMoreLines(state.buffer.text)) return edited(state, buffers.insert(state.buffer, '\n'));
  if (name === 'ctrl-d' && state.buffer.text !== '') return edited(state, buffers.deleteAfter(state.buffer));
  if (name === 'up' || name === 'ctrl-p') {
    const above = buffers.moveUp(state.buffer);
    return above === undefined ? browse(state, state.position - 1) : edited(state, above);
  }
  if (name === 'down' || name === 'ctrl-n') {
    const below = buffers.moveDown(state.buffer);
    return below === undefined ? browse(state, state.position + 1) : edited(state, below);
  }
  const event = events[name];
  return event === undefined ? { state } : { state, event };
}

/** A text that opens with `"""` goes on until they are closed; so does a system message. */
export function wantsMoreLines(text: string): boolean {
  const opening = /^\s*(?:\/set\s+system\s+)?"""/.exec(text);
  return opening !== null && !text.slice(opening[0].length).includes('"""');
}

const edits: Partial<Record<KeyName, (buffer: LineBuffer) => LineBuffer>> = {
  newline: (buffer) => buffers.insert(buffer, '\n'),
  tab: (buffer) => buffers.insert(buffer, '\t'),
  backspace: buffers.deleteBefore,
  delete: buffers.deleteAfter,
  left: buffers.moveLeft,
  'ctrl-b': buffers.moveLeft,
  right: buffers.moveRight,
  'ctrl-f': buffers.moveRight,
  home: buffers.moveToLineStart,
  'ctrl-a': buffers.moveToLineStart,
  end: buffers.moveToLineEnd,
  'ctrl-e': buffers.moveToLineEnd,
  'word-left': buffers.moveWordLeft,
  'alt-b': buffers.moveWordLeft,
  'word-right': buffers.moveWordRight,
  'alt-f': buffers.moveWordRight,
  'ctrl-k': buffers.deleteToLineEnd,
  'ctrl-u': buffers.deleteToLineStart,
  'ctrl-w': buffers.deleteBlankWordBefore,
  'alt-backspace': buffers.deleteWordBefore,
  'alt-d': buffers.deleteWordAfter,
};

const events: Partial<Record<KeyName, EditorEvent>> = {
  enter: 'submit',
  'ctrl-d': 'end',
  'ctrl-c': 'interrupt',
  'ctrl-l': 'clear-screen',
  'ctrl-g': 'external-editor',
  'ctrl-z': 'suspend',
};

function edited(state: EditorState, buffer: LineBuffer): EditorStep {
  return { state: { ...state, buffer } };
}

function browse(state: EditorState, position: number): EditorStep {
  const { history } = state;
  if (position < 0 || position > history.length || position === state.position) return { state };
  const draft = state.position === history.length ? state.buffer.text : state.draft;
  const text = history[position] ?? draft;
  return { state: { ...state, position, draft, buffer: buffers.bufferOf(text) } };
}
