import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { GbnfRecogniser } from '../../../test/support/gbnf-recogniser.ts';
import { GbnfSampler } from '../../../test/support/gbnf-sampler.ts';
import { schemaWithDocument } from '../../../test/support/random-schema.ts';
import { CorralError } from '../../core/corral-error.ts';
import { grammarForSchema } from '../json-schema-grammar/grammar-for-schema.ts';
import { GrammarMatcher } from './grammar-matcher.ts';
import { parseGbnf } from './parse-gbnf.ts';
import { matchesGrammar, placeAfter } from './test-matching.ts';

describe('following a text through a grammar', () => {
  test('agrees with a reader that knows nothing of positions', () => {
    fc.assert(
      fc.property(
        schemaWithDocument,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })),
        fc.nat(200),
        fc.constantFrom('', 'x', '"', '}', '1', 'é', '\u{1f600}'),
        ({ schema }, randoms, at, other) => {
          const grammar = grammarForSchema(schema);
          const text = new GbnfSampler(grammar).sample(() => randoms.next().value ?? 0, 60);
          const changed = text.slice(0, at) + other + text.slice(at + 1);
          const matcher = new GrammarMatcher(parseGbnf(grammar));
          const recogniser = new GbnfRecogniser(grammar);
          expect(placeAfter(matcher, text)?.mayEnd).toBe(true);
          if (/\p{Surrogate}/u.test(changed)) return; // a character cut in half
          expect(placeAfter(matcher, changed) !== undefined).toBe(recogniser.allowsPrefix(changed));
          expect(placeAfter(matcher, changed)?.mayEnd ?? false).toBe(recogniser.matches(changed));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('knows a position again, so that the inside of a string leads to itself', () => {
    const matcher = new GrammarMatcher(parseGbnf('root ::= "\\"" [^"]* "\\""'));
    expect(placeAfter(matcher, '"a')).toBe(placeAfter(matcher, '"some é 😀 other text'));
    expect(placeAfter(matcher, '"a')).not.toBe(placeAfter(matcher, '"a"'));
  });

  test.each<[string, string, number[], boolean]>([
    ['the first byte of an allowed character', '[é]', [0xc3], true],
    ['the first byte of none', '[é]', [0xc4], false],
    ['a second byte of another character', '[é]', [0xc3, 0xaa], false],
    ['two of four bytes', '[\u{1f600}-\u{1f64f}]', [0xf0, 0x9f], true],
    ['two of four bytes of another block', '[\u{1f600}-\u{1f64f}]', [0xf0, 0x90], false],
    ['a byte that only follows', '.', [0x80], false],
    ['a character written longer than it is', '.', [0xc1, 0x81], false],
    ['a longer one written longer than it is', '.', [0xe0, 0x80, 0x80], false],
    ['half of a surrogate pair', '.', [0xed, 0xa0, 0x80], false],
    ['a character beyond Unicode', '.', [0xf4, 0x90, 0x80, 0x80], false],
    ['a letter in the middle of a character', '.', [0xc3, 0x41], false],
  ])('takes bytes one by one: %s', (_, item, bytes, isAllowed) => {
    const matcher = new GrammarMatcher(parseGbnf(`root ::= ${item}`));
    expect(placeAfter(matcher, Uint8Array.from(bytes)) !== undefined).toBe(isAllowed);
  });

  test('allows no end inside of a character', () => {
    const matcher = new GrammarMatcher(parseGbnf('root ::= "é"*'));
    expect(placeAfter(matcher, Uint8Array.of(0xc3))?.mayEnd).toBe(false);
    expect(placeAfter(matcher, 'éé')?.mayEnd).toBe(true);
  });

  test.each([
    ['whose readings double with every character', 'root ::= "a" root "b" | "a" root "c" | "a"'],
    ['that counts in many ways', 'root ::= "a"{0,9000} "a"{0,9000} "a"{0,9000}'],
  ])('ends with the typed error for a grammar %s', (_, grammar) => {
    const outcome = (): string => {
      try {
        return String(matchesGrammar(grammar, 'a'.repeat(5_000)));
      } catch (error) {
        return error instanceof CorralError ? error.message : String(error);
      }
    };
    expect(outcome()).toMatch(/too many readings/);
  });

  test('refuses to begin where rules that share their beginnings multiply', () => {
    const doubling = Array.from({ length: 60 }, (_, index) => `r${index} ::= r${index + 1} "a" | r${index + 1} "b"\n`);
    const matcher = new GrammarMatcher(parseGbnf(`root ::= r0\n${doubling.join('')}r60 ::= "x"`));
    expect(() => matcher.start).toThrow(/too many rules begin with one another/);
  });

  test('forgets positions in time and goes on', () => {
    const matcher = new GrammarMatcher(parseGbnf('root ::= "(" root ")" | "x"'));
    const deep = `${'('.repeat(9_000)}x${')'.repeat(9_000)}`;
    expect(placeAfter(matcher, deep)?.mayEnd).toBe(true);
    expect(placeAfter(matcher, '(x)')?.mayEnd).toBe(true);
  });
});
