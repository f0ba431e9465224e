import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CorralError } from '../../core/corral-error.ts';
import { GrammarMatcher } from './grammar-matcher.ts';
import { matchesGrammar } from './test-matching.ts';
import { parseGbnf } from './parse-gbnf.ts';

const lines = (...rules: string[]): string => rules.join('\n');

describe('a grammar in GBNF', () => {
  test.each<[string, string, string[], string[]]>([
    ['a literal', 'root ::= "yes"', ['yes'], ['', 'ye', 'yess', 'no']],
    ['alternatives', 'root ::= "yes" | "no" | ""', ['yes', 'no', ''], ['y', 'yesno']],
    ['alternatives over lines', lines('root ::= "a" |', '  "b"'), ['a', 'b'], ['ab']],
    ['a class', 'root ::= [a-cx] [^a-c] [-] [a-]', ['xz--', 'cx-a'], ['dz--', 'aa--']],
    ['escapes', String.raw`root ::= "\n\t\r\\\"\[\]\-\x41\u00e9\U0001F600"`, ['\n\t\r\\"[]-Aé😀'], ['n']],
    ['any character', 'root ::= . .', ['a\n', '😀é'], ['a', 'abc']],
    ['rules and comments', lines('# one', 'root ::= word # two', '', 'word ::= [a-z]+'), ['abc'], ['', 'A']],
    ['groups over lines', lines('root ::= ("a"', ' | "b"', ') "c"'), ['ac', 'bc'], ['c', 'abc']],
    ['repetitions', 'root ::= "a"? "b"* "c"+', ['c', 'abbcc', 'bc'], ['', 'ab', 'aac']],
    [
      'counted repetitions',
      'root ::= [a]{2} [b]{1,} [c]{0,2} [d]{1,3}',
      ['aabd', 'aabbccddd'],
      ['aab', 'abd', 'aabcccd'],
    ],
    ['repetitions of a group', 'root ::= ("ab" | "c"){2,3}', ['abc', 'cc', 'ababab'], ['c', 'cccc']],
    ['a repetition of what may be empty', 'root ::= ("a"? ("b"*)*)* "c"', ['c', 'abbac'], ['', 'ca']],
    ['recursion', 'root ::= "(" root ")" | "x"', ['x', '((x))'], ['(x', '()']],
    [
      'a rule defined before its use, and another behind it',
      lines('x ::= "1"', 'root ::= x y', 'y ::= "2"'),
      ['12'],
      ['1'],
    ],
    ['line ends of Windows', 'root ::= a\r\na ::= "1"\r\n', ['1'], ['2']],
  ])('is read: %s', (_, grammar, accepts, refuses) => {
    expect(accepts.filter((text) => !matchesGrammar(grammar, text))).toEqual([]);
    expect(refuses.filter((text) => matchesGrammar(grammar, text))).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['without a root', 'start ::= "a"', /no rule is named "root"/],
    ['without anything', '', /no rule is named "root"/],
    ['with an unknown rule', lines('root ::= "a" |', ' word'), /"word" is not defined/],
    ['with a rule that begins with itself', 'root ::= root "a" | "b"', /"root" begins with itself/],
    [
      'with rules that begin with one another',
      lines('root ::= a', 'a ::= b "1"', 'b ::= a "2" | "3"'),
      /begins with itself/,
    ],
    [
      'with left recursion behind what is empty by another rule',
      lines('root ::= n root "a" | "b"', 'n ::= m m', 'm ::= ""'),
      /"root" begins with itself/,
    ],
    ['with left recursion in a repetition', lines('root ::= (root "a")*', ''), /"root" begins with itself/],
    ['that ends in quotes', 'root ::= "abc', /ends inside of quotes or brackets in line 1/],
    ['that ends in brackets', lines('root ::=', '[abc'), /ends inside of quotes or brackets in line 2/],
    ['with an open group', 'root ::= ("a" | "b"', /"\)" is missing/],
    ['with a closed group', 'root ::= "a")', /cannot be read in line 1/],
    ['without the sign of a rule', lines('root ::= x', 'x = "a"'), /"::=" is missing in line 2/],
    ['with an unknown escape', String.raw`root ::= "\q"`, /escape "\\q"/],
    ['with half an escape', String.raw`root ::= "\u12"`, /escape "\\u"/],
    ['with half a surrogate pair', String.raw`root ::= "\ud83d"`, /surrogate/],
    ['with a character beyond Unicode', String.raw`root ::= "\U00110000"`, /beyond Unicode/],
    ['with an empty class', 'root ::= []', /class of characters is empty/],
    ['with a class of nothing', String.raw`root ::= [^\x00-\U0010FFFF]`, /class of characters is empty/],
    ['with a range backwards', 'root ::= [z-a]', /ends before it begins/],
    ['with nothing to repeat', 'root ::= *', /nothing to repeat/],
    ['with a broken count', 'root ::= "a"{x}', /count of repetitions/],
    ['with a count backwards', 'root ::= "a"{3,2}', /more at least than at most/],
    ['with a huge count', 'root ::= "a"{1,1000000}', /counts beyond/],
    ['with a token', 'root ::= <[12]>', /name a token/],
    ['with another token', 'root ::= !<think>', /name a token/],
    ['with a name and no rule', 'root', /"::=" is missing/],
  ])('is refused %s', (_, grammar, message) => {
    expect(failureOf(grammar)).toMatchObject({ code: 'invalid_format', status: 400 });
    expect(failureOf(grammar).message).toMatch(message);
    expect(failureOf(grammar).message.length).toBeLessThan(300);
  });

  const doubling = Array.from({ length: 60 }, (_, index) => `r${index} ::= r${index + 1} "a" | r${index + 1} "b"`);
  test.each<[string, string]>([
    ['groups in groups', `root ::= ${'('.repeat(100_000)}"a"${')'.repeat(100_000)}`],
    ['a megabyte and more', `root ::= "${'a'.repeat(1_000_000)}"`],
    ['a long name', `root ::= ${'x'.repeat(500_000)}`],
    ['a million rules', `${'a::=b\n'.repeat(160_000)}root ::= a`],
  ])('is refused before it does harm: %s', (_, grammar) => {
    expect(failureOf(grammar)).toMatchObject({ code: 'invalid_format', status: 400 });
    expect(failureOf(grammar).message.length).toBeLessThan(300);
  });

  test.each<[string, string]>([
    ['repetitions of repetitions', `root ::= ${'('.repeat(9)}"a"${'){1000}'.repeat(9)}`],
    ['repetitions of endless repetitions', `root ::= ${'('.repeat(9)}"a"${'){100,}'.repeat(9)}`],
    ['alternatives that share their beginnings', lines('root ::= r0', ...doubling, 'r60 ::= "x"')],
  ])('is read without being multiplied out: %s', (_, grammar) => {
    expect(parseGbnf(grammar).rules.length).toBeGreaterThan(0);
  });

  test('is read however long the chain of its rules', () => {
    const chain = Array.from({ length: 40_000 }, (_, index) => `r${index} ::= r${index + 1}`);
    expect(matchesGrammar(lines('root ::= r0', ...chain, 'r40000 ::= "x"'), 'x')).toBe(true);
  });

  test('that goes in circles without reading anything has no text', () => {
    expect(new GrammarMatcher(parseGbnf('root ::= root')).start.isDeadEnd).toBe(true);
  });

  test('of random signs is read or refused with the typed error alone', () => {
    const signs = [
      'root',
      ' ::= ',
      'a',
      '"',
      '[',
      ']',
      '(',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2}',
      '{',
      '\n',
      '\\',
      '^',
      '-',
      '.',
      '<',
      ' ',
      'b ::= ',
    ];
    const outcome = (text: string): string => {
      try {
        return typeof new GrammarMatcher(parseGbnf(text)).start.after(0x61);
      } catch (error) {
        return error instanceof CorralError ? error.code : String(error);
      }
    };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 25 }), (parts) => {
        expect(['object', 'undefined', 'invalid_format']).toContain(outcome(`root ::= ${parts.join('')}`));
      }),
      { numRuns: 2_000 },
    );
  });
});

function failureOf(grammar: string): CorralError {
  try {
    parseGbnf(grammar);
  } catch (error) {
    if (error instanceof CorralError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
