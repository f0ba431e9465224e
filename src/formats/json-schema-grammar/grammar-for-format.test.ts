import { describe, expect, test } from 'vitest';

import { GbnfRecogniser } from '../../../test/support/gbnf-recogniser.ts';
import { CorralError } from '../../core/corral-error.ts';
import { matchesGrammar } from '../gbnf/test-matching.ts';
import { grammarForFormat } from './grammar-for-format.ts';

describe('the format field', () => {
  test.each([
    ['absent', undefined],
    ['null', null],
    ['the empty string', ''],
  ])('means no grammar when it is %s', (_, format) => {
    expect(grammarForFormat(format)).toBe('');
  });

  test.each([
    ['"json"', 'json'],
    ['an empty schema', {}],
  ])('means any JSON object when it is %s', (_, format) => {
    const recogniser = new GbnfRecogniser(grammarForFormat(format));
    const document = { name: 'Ava "the" \u{1f600}', list: [1, -2.5e3, true, null, {}, []], '': { deep: [[0]] } };
    expect(recogniser.matches(JSON.stringify(document))).toBe(true);
    expect(recogniser.matches(JSON.stringify(document, null, 2))).toBe(true);
    expect(recogniser.matches('{}')).toBe(true);
    const wrong = [
      '[]',
      '"text"',
      '1',
      '{"a":}',
      '{"a":1,}',
      '{"a":01}',
      '{a:1}',
      '{} ',
      '{"a":"\n"}',
      '{"a":"\\ud800"}',
    ];
    expect(wrong.filter((each) => recogniser.matches(each))).toEqual([]);
  });

  test('allows the blanks of indented JSON but no endless ones', () => {
    const recogniser = new GbnfRecogniser(grammarForFormat('json'));
    expect(recogniser.matches('{\n  "a": 1,\n\n\t"b": 2\n}')).toBe(true);
    expect(recogniser.allowsPrefix(`{\n${' '.repeat(20)}`)).toBe(true);
    expect(recogniser.allowsPrefix(`{\n${' '.repeat(21)}`)).toBe(false);
    expect(recogniser.allowsPrefix('{\n\n\n')).toBe(false);
    expect(recogniser.allowsPrefix('{  ')).toBe(false);
  });

  test.each([
    ['xml', '"\\"xml\\""'],
    ['a"b\\c\n', '"\\"a\\\\\\"b\\\\\\\\c\\\\n\\""'],
    [5, '"5"'],
    [0, '"0"'],
    [false, '"false"'],
    [[], '"[]"'],
    [['json'], '"[\\"json\\"]"'],
  ])('is refused with the message of Ollama when it is %j', (format, quoted) => {
    expect(failureOf(format)).toMatchObject({
      code: 'invalid_format',
      status: 500,
      message: `invalid format: ${quoted}; expected "json" or a valid JSON Schema object`,
    });
  });

  test.each<[string, string, string[], string[]]>([
    ['matches from beginning to end', 'a|b+', ['a', 'bb'], ['', 'ab', 'xa', 'bx']],
    ['may be anchored already', '^\\d{3}$', ['123'], ['1234', '12']],
    ['knows classes, escapes and letters', '[^\\s"]+ \\p{Lu}\\w*\\.', ['x-y Éa.'], ['x y.', 'a éa.']],
    ['is plain text, not JSON', '"quoted"\\n', ['"quoted"\n'], ['"quoted"']],
    ['may be anything but the empty text', '.+', ['é 😀'], ['', 'a\nb']],
    ['does not take more time for repeated repetitions', '(a+)+b', ['aab'], ['aa', `${'a'.repeat(5_000)}c`]],
  ])('of the type regex %s', (_, pattern, accepts, refuses) => {
    const grammar = grammarForFormat({ type: 'regex', pattern });
    expect(accepts.filter((text) => !matchesGrammar(grammar, text))).toEqual([]);
    expect(refuses.filter((text) => matchesGrammar(grammar, text))).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    ['a regex with look ahead', { type: 'regex', pattern: 'a(?=b)' }, /lookaround/],
    ['a regex with a word boundary', { type: 'regex', pattern: '\\bword' }, /"\\b"/],
    ['a regex with a back reference', { type: 'regex', pattern: '(a)\\1' }, /"\\1"/],
    ['a broken regex', { type: 'regex', pattern: 'a)(b' }, /not a valid regular expression/],
    ['a regex that nothing matches', { type: 'regex', pattern: 'a^b' }, /no text matches/],
    ['a regex of too many states', { type: 'regex', pattern: '.*a.{25}' }, /too many states|too much work/],
    ['a regex of repetitions of repetitions', { type: 'regex', pattern: '(((a{100}){100}){100})' }, /too large/],
    ['a regex of a megabyte', { type: 'regex', pattern: 'a'.repeat(1_000_000) }, /more than 4000 characters/],
    ['a regex without its pattern', { type: 'regex' }, /needs a text as its "pattern"/],
    ['a regex with another field', { type: 'regex', pattern: 'a', flags: 'i' }, /no field "flags"/],
    ['a grammar without its text', { type: 'gbnf', grammar: 5 }, /needs a text as its "grammar"/],
    ['a grammar that is broken', { type: 'gbnf', grammar: 'root ::= x' }, /"x" is not defined in line 1/],
    ['a grammar of nothing', { type: 'gbnf', grammar: 'root ::= root' }, /nothing satisfies/],
  ])('is refused with a status of 400 and its reason: %s', (_, format, reason) => {
    expect(failureOf(format)).toMatchObject({ code: 'invalid_format', status: 400 });
    expect(failureOf(format).message).toMatch(reason);
    expect(failureOf(format).message.length).toBeLessThan(200);
  });

  test('of the type gbnf is passed on as it is', () => {
    const grammar = 'root ::= "yes" | "no" # an answer';
    expect(grammarForFormat({ type: 'gbnf', grammar })).toBe(grammar);
  });

  test('is refused without repeating a megabyte of brackets', () => {
    const nested: unknown = JSON.parse('['.repeat(500_000) + ']'.repeat(500_000));
    expect(failureOf(nested).message.length).toBeLessThan(200);
    expect(failureOf('x'.repeat(500_000)).message.length).toBeLessThan(1_200);
  });
});

function failureOf(format: unknown): CorralError {
  try {
    grammarForFormat(format);
  } catch (error) {
    if (error instanceof CorralError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
