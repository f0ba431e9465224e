import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { decodeGoJson } from './go-json-decode.ts';

const decode = (text: string) => decodeGoJson(Buffer.from(text));

function messageOf(text: string): string {
  try {
    return `decoded ${JSON.stringify(decode(text))}`;
  } catch (thrown) {
    if (thrown instanceof CorralError && thrown.status === 400) return thrown.message;
    throw thrown;
  }
}

function outcome(bytes: Uint8Array): string {
  try {
    decodeGoJson(bytes);
    return 'decoded';
  } catch (thrown) {
    return thrown instanceof CorralError ? 'refused' : 'foreign error';
  }
}

describe('decodeGoJson', () => {
  it.each([
    ['an empty body', '', 'missing request body'],
    ['a body of blanks', ' \n\t', 'missing request body'],
    ['an object that breaks off', '{"model":', 'unexpected EOF'],
    ['a string that breaks off', '{"model":"x', 'unexpected EOF'],
    ['an escape that breaks off', '"\\u00', 'unexpected EOF'],
    ['a literal that breaks off', '[tru', 'unexpected EOF'],
    ['a number that breaks off', '-', 'unexpected EOF'],
    ['a text that is no JSON', 'hello', "invalid character 'h' looking for beginning of value"],
    ['a word that starts like a literal', 'nil', "invalid character 'i' in literal null (expecting 'u')"],
    ['a missing key', '{,}', "invalid character ',' looking for beginning of object key string"],
    ['a comma before the end', '{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['a missing colon', '{"a" 1}', "invalid character '1' after object key"],
    ['a missing comma in an object', '{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['a missing comma in a list', '[1 2]', "invalid character '2' after array element"],
    ['a list that ends after a comma', '[1,]', "invalid character ']' looking for beginning of value"],
    ['a raw line break in a string', '"a\nb"', String.raw`invalid character '\n' in string literal`],
    ['an unknown escape', String.raw`"\x"`, "invalid character 'x' in string escape code"],
    [
      'a bad unicode escape',
      String.raw`"\u00g0"`,
      String.raw`invalid character 'g' in \u hexadecimal character escape`,
    ],
    ['a number without digits', '-a', "invalid character 'a' in numeric literal"],
    ['a fraction without digits', '1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['an exponent without digits', '1e+x', "invalid character 'x' in exponent of numeric literal"],
    ['a single quote', "'", String.raw`invalid character '\'' looking for beginning of value`],
    ['nesting too deep', '['.repeat(1_001) + ']'.repeat(1_001), 'exceeded max depth'],
    ['nesting too deep, broken off', '['.repeat(1_001), 'exceeded max depth'],
    [
      'nesting just deep enough',
      '['.repeat(1_000) + ']'.repeat(1_000),
      `decoded ${'['.repeat(1_000)}${']'.repeat(1_000)}`,
    ],
    ['bytes behind the value', '{"a":[1,{}]} trailing', 'decoded {"a":[1,{}]}'],
    ['a second value', '[] []', 'decoded []'],
    ['a scalar and more', 'true,', 'decoded true'],
  ])('%s', (_, text, expected) => {
    expect(messageOf(text)).toBe(expected);
  });

  it('reads what JSON.stringify writes, with anything behind it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, trailing) => {
        const text = JSON.stringify(value);
        // A number would go on in a digit that follows it.
        expect(decode(`${text} ${trailing}`)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('says that every beginning of an object broke off', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, cut) => {
        const text = JSON.stringify(value);
        expect(messageOf(text.slice(0, 1 + (cut % (text.length - 1))))).toBe('unexpected EOF');
      }),
    );
  });

  it('gives random bytes nothing but the typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(outcome(bytes)).not.toBe('foreign error');
      }),
    );
  });
});
