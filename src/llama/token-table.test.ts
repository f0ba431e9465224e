import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GrammarMatcher } from '../formats/gbnf/grammar-matcher.ts';
import { parseGbnf } from '../formats/gbnf/parse-gbnf.ts';
import { placeAfter } from '../formats/gbnf/test-matching.ts';
import { GrammarConstraints } from './grammar-constraint.ts';
import { type TokenSet, type TokenSource, TokenTable } from './token-table.ts';

/** The last token ends an answer, the one before it is a control token. */
function vocabularyOf(pieces: readonly string[]): TokenSource {
  return {
    size: pieces.length + 2,
    spelling: (token) => pieces[token] ?? '',
    isEndOfGeneration: (token) => token === pieces.length + 1,
  };
}

function members(set: TokenSet, size: number): number[] {
  return Array.from({ length: size }, (_, token) => token).filter(
    (token) => ((set[token >> 5] ?? 0) >> (token & 31)) & 1,
  );
}

const grammars = [
  'root ::= "ab"* "c"',
  'root ::= ([a-b] | "é" | "😀")+',
  'root ::= "a"{2,4} | "b" root',
  'root ::= [^a]*',
  'root ::= ""',
];
const piece = fc
  .array(fc.constantFrom('a', 'b', 'c', '\xc3', '\xa9', '\xf0\x9f', '\x98\x80'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));

describe('the tokens that a grammar allows', () => {
  test('are those that can be followed one by one', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 80 }),
        fc.constantFrom(...grammars),
        fc.constantFrom('', 'a', 'ab', 'b', 'aa', 'é'),
        (pieces, grammar, before) => {
          const source = vocabularyOf(pieces);
          const matcher = new GrammarMatcher(parseGbnf(grammar));
          const place = placeAfter(matcher, before);
          if (place === undefined) return;
          const followed = pieces.flatMap((text, token) => {
            const next = placeAfter(matcher, Buffer.concat([Buffer.from(before), Buffer.from(text, 'latin1')]));
            return next === undefined ? [] : [token];
          });
          const ends = place.mayEnd ? [pieces.length + 1] : [];
          expect(members(new TokenTable(source).allowed(place), source.size)).toEqual([...followed, ...ends]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('are taken, and no others; what is refused changes nothing', () => {
    const source = vocabularyOf(['y', 'yes', 'es', 'no', 'yesno']);
    const answer = new GrammarConstraints(source).begin('root ::= "yes" | "no"');
    expect(members(answer.allowed(), source.size)).toEqual([0, 1, 3]);
    expect([4, 2, 5, 6].map((token) => answer.take(token))).toEqual([false, false, false, false]);
    expect(answer.take(0)).toBe(true);
    expect(members(answer.allowed(), source.size)).toEqual([2]);
    expect(answer.take(2)).toBe(true);
    expect(members(answer.allowed(), source.size)).toEqual([6]);
    expect(answer.take(6)).toBe(true);
  });

  test('are the same for answers that follow one grammar at once', () => {
    const source = vocabularyOf(['a', 'b']);
    const constraints = new GrammarConstraints(source);
    const grammar = 'root ::= "ab"';
    const [one, other] = [constraints.begin(grammar), constraints.begin(grammar)];
    expect(one.take(0)).toBe(true);
    expect(members(one.allowed(), source.size)).toEqual([1]);
    expect(members(other.allowed(), source.size)).toEqual([0]);
  });

  test('are none where the vocabulary has no way on', () => {
    const source = vocabularyOf(['a', 'b']);
    const answer = new GrammarConstraints(source).begin('root ::= "c"');
    expect(members(answer.allowed(), source.size)).toEqual([]);
  });
});
