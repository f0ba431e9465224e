import { expect, it } from 'vitest';
import { goQuote, goValueText } from './go-value-text.ts';

it.each([
  [0.7, '0.7'],
  [4096, '4096'],
  [1e21, '1e+21'],
  [0.00005, '5e-05'],
  [0.000123, '0.000123'],
  [true, 'true'],
  [null, '<nil>'],
  [['a', 1], '[a 1]'],
])('prints %j as %s', (value, expected) => {
  expect(goValueText(value)).toBe(expected);
});

it.each([
  ['<|im_end|>', '"<|im_end|>"'],
  ['a "b"\n\\', String.raw`"a \"b\"\n\\"`],
  ['tab\tbell\u0007\u0001', String.raw`"tab\tbell\a\x01"`],
  ['한글 😀', '"한글 😀"'],
  ['zero\u200bwidth', String.raw`"zero\u200bwidth"`],
])('quotes %j as %s', (value, expected) => {
  expect(goQuote(value)).toBe(expected);
});
