import type { CodePointSet } from './code-point-set.ts';
import { deadState, type TextAutomaton } from './text-automaton.ts';

/** The texts that hold none of `words`: a state for every beginning of a word that the text may have just read, as in Aho and Corasick. */
export function wordFreeAutomaton(words: readonly string[]): TextAutomaton {
  const beginnings = [
    ...new Set(
      words.flatMap((word) => Array.from(word).map((_, length) => Array.from(word).slice(0, length).join(''))),
    ),
  ];
  const letters = new Set(words.flatMap((word) => Array.from(word)));
  const step = (state: number, codePoint: number): number => {
    const letter = String.fromCodePoint(codePoint);
    if (!letters.has(letter)) return 0;
    const read = (beginnings[state] ?? '') + letter;
    if (words.some((word) => read.endsWith(word))) return deadState;
    return beginnings.reduce(
      (best, beginning, index) =>
        read.endsWith(beginning) && beginning.length > (beginnings[best] ?? '').length ? index : best,
      0,
    );
  };
  return { sets: pointsOf(letters), start: 0, step, accepts: () => true };
}

/** The texts without the first character of any of `words`: fewer of them, and one state. */
export function beginningFreeAutomaton(words: readonly string[]): TextAutomaton {
  const letters = new Set(words.flatMap((word) => Array.from(word).slice(0, 1)));
  return {
    sets: pointsOf(letters),
    start: 0,
    step: (_, codePoint) => (letters.has(String.fromCodePoint(codePoint)) ? deadState : 0),
    accepts: () => true,
  };
}

function pointsOf(letters: Iterable<string>): CodePointSet[] {
  return Array.from(letters, (letter): CodePointSet => {
    const codePoint = letter.codePointAt(0) ?? 0;
    return [[codePoint, codePoint]];
  });
}
