import { describe, expect, test } from 'vitest';

import { GbnfRecogniser } from '../../../test/support/gbnf-recogniser.ts';
import { CorralError } from '../../core/corral-error.ts';
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
