import { type CodePointSet, hasCodePoint, intersection } from '../automaton/code-point-set.ts';
import { characters, choice, type GrammarExpression, oneOf, sequence, text } from '../grammar/grammar-expression.ts';
import { plainCharacters } from './plain-characters.ts';

/** Characters with an escape of two letters, and the second letter. */
const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x22, '"'],
  [0x5c, '\\'],
  [0x08, 'b'],
  [0x0c, 'f'],
  [0x0a, 'n'],
  [0x0d, 'r'],
  [0x09, 't'],
]);

/**
 * How JSON writes one character of `set` inside a string. Each character has one spelling: itself, or its shortest escape where JSON
 * demands one. Allowing `\u0061` for `a` would let a model spell a forbidden name.
 */
export function jsonCharacters(set: CodePointSet): GrammarExpression {
  const options: GrammarExpression[] = [];
  const plain = intersection(set, plainCharacters);
  if (plain.length > 0) options.push(characters(plain));

  const letters = [...shortEscapes].filter(([codePoint]) => hasCodePoint(set, codePoint)).map(([, letter]) => letter);
  if (letters.length > 0)
    options.push(sequence(text('\\'), letters.length === 1 ? text(letters.join('')) : oneOf(...letters.sort())));

  for (const high of [0, 1, 7]) {
    const low = Array.from('0123456789abcdef').filter((letter) => {
      const codePoint = high * 16 + Number.parseInt(letter, 16);
      const needsEscape = codePoint < 0x20 || codePoint === 0x7f;
      return needsEscape && !shortEscapes.has(codePoint) && hasCodePoint(set, codePoint);
    });
    if (low.length > 0) options.push(sequence(text(`\\u00${high}`), oneOf(...low)));
  }
  return choice(options);
}
