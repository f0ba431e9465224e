import { describe, expect, it } from 'vitest';
import { parameterText } from './parameter-text.ts';

describe('a number of parameters', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1K'],
    [2500, '2K'],
    [3500, '4K'],
    [123_456, '123K'],
    [1_000_000, '1M'],
    [134_515_008, '134.52M'],
    [22_565_376, '22.57M'],
    [1_005_000, '1.00M'],
    [1_015_000, '1.02M'],
    [999_999_999, '1000.00M'],
    [1_000_000_000, '1B'],
    [7_000_000_000, '7B'],
    [1_250_000_000, '1.2B'],
    [1_350_000_000, '1.4B'],
    [8_030_261_248, '8.0B'],
    [671_026_419_200, '671.0B'],
  ])('of %i is shown as %s', (count, text) => {
    expect(parameterText(count)).toBe(text);
  });
});
