/**
 * The text being typed and the cursor in it, as values: every edit gives a new buffer. The cursor is an offset in UTF-16 units
 * and always stands between graphemes, so that one press moves over or deletes what a user sees as one character.
 */
import { textWidth } from '../terminal/text-width.ts';

export interface LineBuffer {
  readonly text: string;
  readonly cursor: number;
}

export const emptyBuffer: LineBuffer = { text: '', cursor: 0 };

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wordCharacter = /[\p{L}\p{M}\p{N}_]/u;

/** A buffer of `text` with the cursor at its end. */
export function bufferOf(text: string): LineBuffer {
  return { text, cursor: text.length };
}

export function insert({ text, cursor }: LineBuffer, added: string): LineBuffer {
  const next = text.slice(0, cursor) + added + text.slice(cursor);
  // What was added may join with what follows (a jamo before a vowel): the cursor goes behind the whole.
  return { text: next, cursor: boundaryAtOrAfter(next, cursor + added.length) };
}

export function moveLeft({ text, cursor }: LineBuffer): LineBuffer {
  return { text, cursor: boundaryBefore(text, cursor) };
}

export function moveRight({ text, cursor }: LineBuffer): LineBuffer {
  return { text, cursor: boundaryAtOrAfter(text, cursor + 1) };
}

export function moveToLineStart({ text, cursor }: LineBuffer): LineBuffer {
  return { text, cursor: lineStart(text, cursor) };
}

export function moveToLineEnd({ text, cursor }: LineBuffer): LineBuffer {
  return { text, cursor: lineEnd(text, cursor) };
}

export function moveWordLeft(buffer: LineBuffer): LineBuffer {
  let { cursor } = buffer;
  const { text } = buffer;
  while (cursor > 0 && !endsWord(text, cursor)) cursor = boundaryBefore(text, cursor);
  while (cursor > 0 && endsWord(text, cursor)) cursor = boundaryBefore(text, cursor);
  return { text, cursor };
}

export function moveWordRight(buffer: LineBuffer): LineBuffer {
  let { cursor } = buffer;
  const { text } = buffer;
  while (cursor < text.length && !startsWord(text, cursor)) cursor = boundaryAtOrAfter(text, cursor + 1);
  while (cursor < text.length && startsWord(text, cursor)) cursor = boundaryAtOrAfter(text, cursor + 1);
  return { text, cursor };
}

/** To the same column of the line above; undefined on the first line. */
export function moveUp({ text, cursor }: LineBuffer): LineBuffer | undefined {
  const start = lineStart(text, cursor);
  if (start === 0) return undefined;
  return { text, cursor: offsetAtColumn(text, lineStart(text, start - 1), textWidth(text.slice(start, cursor))) };
}

/** To the same column of the line below; undefined on the last line. */
export function moveDown({ text, cursor }: LineBuffer): LineBuffer | undefined {
  const end = lineEnd(text, cursor);
  if (end === text.length) return undefined;
  return { text, cursor: offsetAtColumn(text, end + 1, textWidth(text.slice(lineStart(text, cursor), cursor))) };
}

export function deleteBefore(buffer: LineBuffer): LineBuffer {
  return deleteBetween(buffer.text, moveLeft(buffer).cursor, buffer.cursor);
}

export function deleteAfter(buffer: LineBuffer): LineBuffer {
  return deleteBetween(buffer.text, buffer.cursor, moveRight(buffer).cursor);
}

/** At a line's end the line break goes. */
export function deleteToLineEnd({ text, cursor }: LineBuffer): LineBuffer {
  const end = lineEnd(text, cursor);
  return deleteBetween(text, cursor, end === cursor ? Math.min(end + 1, text.length) : end);
}

export function deleteToLineStart({ text, cursor }: LineBuffer): LineBuffer {
  return deleteBetween(text, lineStart(text, cursor), cursor);
}

/** Back to the blank before the word, as a shell's Ctrl+W. */
export function deleteBlankWordBefore({ text, cursor }: LineBuffer): LineBuffer {
  const start = text.slice(0, cursor).search(/\S*\s*$/);
  return deleteBetween(text, start, cursor);
}

export function deleteWordBefore(buffer: LineBuffer): LineBuffer {
  return deleteBetween(buffer.text, moveWordLeft(buffer).cursor, buffer.cursor);
}

export function deleteWordAfter(buffer: LineBuffer): LineBuffer {
  return deleteBetween(buffer.text, buffer.cursor, moveWordRight(buffer).cursor);
}

function deleteBetween(text: string, start: number, end: number): LineBuffer {
  const next = text.slice(0, start) + text.slice(end);
  // What stood on both sides may have become one grapheme.
  return { text: next, cursor: boundaryAtOrAfter(next, start) };
}

function lineStart(text: string, cursor: number): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;
}

function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf('\n', cursor);
  return end === -1 ? text.length : end;
}

function startsWord(text: string, offset: number): boolean {
  return wordCharacter.test(String.fromCodePoint(text.codePointAt(offset) ?? 0));
}

function endsWord(text: string, offset: number): boolean {
  return startsWord(text, boundaryBefore(text, offset));
}

// A line break is always a boundary, so only the cursor's own line is segmented.
function boundaryBefore(text: string, offset: number): number {
  if (offset === 0) return 0;
  const start = lineStart(text, offset);
  if (start === offset) return offset - 1;
  let before = start;
  for (const { index } of segmenter.segment(text.slice(start, offset))) before = start + index;
  return before;
}

function boundaryAtOrAfter(text: string, offset: number): number {
  if (offset >= text.length) return text.length;
  const start = lineStart(text, offset);
  if (start === offset) return offset;
  const end = lineEnd(text, offset);
  for (const { index } of segmenter.segment(text.slice(start, end))) {
    if (start + index >= offset) return start + index;
  }
  return end;
}

function offsetAtColumn(text: string, start: number, column: number): number {
  let width = 0;
  for (const { index, segment } of segmenter.segment(text.slice(start, lineEnd(text, start)))) {
    if (width >= column) return start + index;
    width += textWidth(segment);
  }
  return lineEnd(text, start);
}
