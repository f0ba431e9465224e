import { expect, test } from 'vitest';
import { parseGoFloat } from './go-float.ts';

test.each([
  ['0.5', 0.5],
  ['.5', 0.5],
  ['5.', 5],
  ['-1e3', -1000],
  ['+1.5E-3', 0.0015],
  ['00012', 12],
  ['1_0.5_0', 10.5],
  ['0x1p-2', 0.25],
  ['-0X1_0.8P+1', -33],
  ['0x.8p0', 0.5],
])('%s is read', (text, value) => {
  expect(parseGoFloat(text)).toBe(value);
});

test.each(['', '.', 'e3', '1e', 'inf', 'NaN', '_1', '1_', '1__0', '1_.5', '0x1', '0xp1', '1e999', '1,5', ' 1', '1 '])(
  "'%s' is no number",
  (text) => {
    expect(parseGoFloat(text)).toBeUndefined();
  },
);
