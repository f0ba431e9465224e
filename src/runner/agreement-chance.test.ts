import { expect, test } from 'vitest';
import { agreementChance } from './agreement-chance.ts';

test('a text that has agreed for longer is likelier to go on', () => {
  const chances = Array.from({ length: 20 }, (_, agreement) => agreementChance(agreement, 0));
  expect(chances).toEqual(chances.toSorted((a, b) => a - b));
  expect(chances.slice(0, 3)).toEqual([0, 0, 0.4]);
  expect(chances[19]).toBe(0.98);
});

test('a text that is drawn at a temperature breaks off more often', () => {
  expect(agreementChance(12, 1)).toBeCloseTo(0.84);
  expect(agreementChance(3, 1)).toBe(0);
  expect(agreementChance(12, -1)).toBe(agreementChance(12, 0));
});
