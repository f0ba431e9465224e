import { expect, test } from 'vitest';
import { agreementChance } from './agreement-chance.ts';

test('a text that has agreed for longer is likelier to go on', () => {
  const chances = Array.from({ length: 20 }, (_, agreement) => agreementChance(agreement));
  expect(chances).toEqual(chances.toSorted((a, b) => a - b));
  expect(chances.slice(0, 3)).toEqual([0, 0, 0.4]);
  expect(chances[19]).toBe(0.98);
});
