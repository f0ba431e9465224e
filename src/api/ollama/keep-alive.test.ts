import { expect, it } from 'vitest';
import { parseKeepAlive } from './keep-alive.ts';

it.each([
  ['nothing', undefined, undefined],
  ['null', null, undefined],
  ['a number is seconds', 90, 90_000],
  ['a fraction of a second', 0.5, 500],
  ['zero', 0, 0],
  ['below zero is for ever', -1, Infinity],
  ['a Go duration', '1h30m', 5_400_000],
  ['a duration of nothing', '0s', 0],
  ['a duration below zero is for ever', '-5m', Infinity],
  ['longer than a life', 1e300, Infinity],
])('%s', (_, value, expectedMs) => {
  expect(parseKeepAlive(value)).toBe(expectedMs);
});

it.each([
  ['soon', 'time: invalid duration "soon"'],
  ['', 'time: invalid duration ""'],
  ['5', 'time: missing unit in duration "5"'],
  ['5x', 'time: unknown unit "x" in duration "5x"'],
  [true, 'keep_alive must be a number of seconds or a duration such as "5m"'],
])('refuses %j', (value, message) => {
  expect(() => parseKeepAlive(value)).toThrow(expect.objectContaining({ message, status: 400 }));
});
