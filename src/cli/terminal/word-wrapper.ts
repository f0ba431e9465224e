/**
 * Moves words that would cross the terminal's right edge to the next line, while they stream in.
 *
 * Everything is written at once, for a reader should not wait for the end of a word. Only when a word turns out not to fit
 * its begun part is erased, once, and written again on the next line: `CSI n G` to the word's first cell, `CSI K`, newline, word.
 * Absolute columns, because the cursor's own is not defined by every terminal after a write into the last cell.
 *
 * Lines may break at spaces, and beside Han and kana but for punctuation that must not begin or end a line. Korean is broken
 * at its spaces, like English.
 */
import { type Grapheme, graphemesOf } from './text-width.ts';

export interface WordWrapper {
  /** What to write to the terminal for this part of the text. */
  write(text: string): string;
  /** What was held back because it might have been continued. */
  end(): string;
}

const tabStop = 8;
// The last characters of a part that the next part may continue: emoji (joined, coloured), flags, conjoining jamo.
const mayContinue =
  /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200d|\ufe0f|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff])$/u;
const halfPair = /[\ud800-\udbff]$/;
const ideographic = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const neverFirst =
  /^[、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】〙〗〟ぁぃぅぇぉっゃゅょァィゥェォッャュョ!%),.:;?\]}]/u;
const neverLast = /^[‘“（〔［｛〈《「『【〘〖([{]/u;

/** `columns` is asked at every write, so that a resized terminal is followed. */
export function createWordWrapper(columns: () => number): WordWrapper {
  let column = 0;
  /** The graphemes since the last place where the line may break; they all stand on the current line. */
  let word: Grapheme[] = [];
  let held = '';

  const newline = (): string => {
    column = 0;
    word = [];
    return '\n';
  };

  const space = (width: number): string => {
    word = [];
    const blank = column % tabStop;
    const cells = width === 0 ? tabStop - blank : width;
    // A space beyond the edge is the line break itself: what follows finds no room and moves down.
    if (column + cells > columns()) {
      column = columns();
      return '';
    }
    column += cells;
    return ' '.repeat(cells);
  };

  const visible = (grapheme: Grapheme): string => {
    if (mayBreakBetween(word.at(-1), grapheme)) word = [];
    if (column + grapheme.width <= columns()) {
      column += grapheme.width;
      word.push(grapheme);
      return grapheme.text;
    }
    const wordWidth = word.reduce((sum, { width }) => sum + width, 0);
    const start = column - wordWidth;
    // A word that fills the line from its start, or would not fit the next one either, has nowhere better to go: it is cut here.
    const moved = start > 0 && wordWidth + grapheme.width <= columns() ? word : [];
    const erase = moved.length === 0 ? '' : `\u001b[${start + 1}G\u001b[K`;
    word = [...moved, grapheme];
    column = word.reduce((sum, { width }) => sum + width, 0);
    return `${erase}\n${word.map(({ text }) => text).join('')}`;
  };

  const put = (text: string): string => {
    // After the window became narrower the terminal has folded the line.
    if (column > columns()) column %= columns();
    let output = '';
    for (const grapheme of graphemesOf(text)) {
      if (grapheme.text === '\n' || grapheme.text === '\r\n') output += newline();
      else if (grapheme.text === '\t') output += space(0);
      else if (grapheme.text === ' ') output += space(1);
      else output += visible(grapheme);
    }
    return output;
  };

  return {
    write(text) {
      const all = held + text;
      const whole = all.replace(halfPair, '');
      const last = mayContinue.test(whole) ? (graphemesOf(whole).at(-1)?.text ?? '') : '';
      const ready = whole.length - last.length;
      held = all.slice(ready);
      return put(all.slice(0, ready));
    },
    end() {
      const rest = held;
      held = '';
      return put(rest);
    },
  };
}

function mayBreakBetween(before: Grapheme | undefined, after: Grapheme): boolean {
  if (before === undefined || after.width === 0) return false;
  if (!ideographic.test(before.text) && !ideographic.test(after.text)) return false;
  return !neverFirst.test(after.text) && !neverLast.test(before.text);
}
