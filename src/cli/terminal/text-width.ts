/**
 * How many cells a text takes on a terminal. The unit is the grapheme: what a user sees as one character, be it a Hangul
 * syllable of three conjoining jamo, an emoji of seven code points or a letter with its accents.
 */
import stringWidth from 'string-width';

export interface Grapheme {
  readonly text: string;
  /** 0 (a lone combining mark), 1, or 2 (wide: Hangul, Han, kana, most emoji). */
  readonly width: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const asciiOnly = /^[\u0020-\u007e]*$/;
// One code unit that is a grapheme of two cells by itself: precomposed Hangul, common Han, kana. Nine tenths of Korean text.
const plainWide = /^[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]$/;

export function graphemesOf(text: string): Grapheme[] {
  if (asciiOnly.test(text)) return Array.from(text, (character) => ({ text: character, width: 1 }));
  return Array.from(segmenter.segment(text), ({ segment }) => ({ text: segment, width: graphemeWidth(segment) }));
}

export function textWidth(text: string): number {
  return asciiOnly.test(text) ? text.length : graphemesOf(text).reduce((sum, { width }) => sum + width, 0);
}

/** The text, cut to `cells` with an ellipsis where it is wider. */
export function fitWidth(text: string, cells: number): string {
  if (textWidth(text) <= cells) return text;
  let width = 1;
  let kept = '';
  for (const grapheme of graphemesOf(text)) {
    width += grapheme.width;
    if (width > cells) break;
    kept += grapheme.text;
  }
  return cells < 1 ? '' : `${kept}…`;
}

function graphemeWidth(segment: string): number {
  if (plainWide.test(segment)) return 2;
  // More than two cells exist in no terminal's grid for one character (string-width adds up some spacing marks).
  return Math.min(stringWidth(segment), 2);
}
