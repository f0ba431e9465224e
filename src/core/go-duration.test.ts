import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatGoDuration, parseGoDurationNs } from './go-duration.ts';

// Every right-hand side below was printed by Go 1.26 itself.
describe('parseGoDurationNs', () => {
  const durations: [text: string, ns: number][] = [
    ['0', 0],
    ['-0', 0],
    ['+0', 0],
    ['5m', 300_000_000_000],
    ['1.s', 1_000_000_000],
    ['.5s', 500_000_000],
    ['-.5m', -30_000_000_000],
    ['1h15m30.918s', 4_530_918_000_000],
    ['-1.5h', -5_400_000_000_000],
    ['+2ms', 2_000_000],
    ['1us', 1_000],
    ['1\u00b5s', 1_000],
    ['1\u03bcs', 1_000],
    ['3ns', 3],
    ['0.9ns', 0],
    ['1.0000000001s', 1_000_000_000],
    ['10.5s4m', 250_500_000_000],
    ['1h1h', 7_200_000_000_000],
    ['0.3333333333333333333h', 1_200_000_000_000],
    ['0.100000000000000000000h', 360_000_000_000],
    ['2562047h47m16.854775807s', 2 ** 63],
    ['-2562047h47m16.854775808s', -(2 ** 63)],
  ];
  it.each(durations)('reads %j', (text, ns) => {
    expect(parseGoDurationNs(text)).toBe(ns);
  });

  const others = [
    '',
    '-',
    '+',
    '.',
    '5',
    '.s',
    '1.-s',
    '1d',
    '1h 2m',
    '1 s',
    '1S',
    '1e3s',
    '0x10s',
    '1..5s',
    '1.5.5s',
    '1m-3s',
    '--1s',
    '5m5',
    '1s\n',
    '\uff10s',
    'infs',
    '2562047h47m16.854775808s',
    '9223372036854775808ns',
    '99999999999999999999h',
    '0'.repeat(300) + 's',
  ];
  it.each(others)('refuses %j', (text) => {
    expect(parseGoDurationNs(text)).toBeUndefined();
  });

  it('answers a number or undefined for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+.0-9hmsnuµ]{0,30}$/)), (text) => {
        const ns = parseGoDurationNs(text);
        expect(ns === undefined || Number.isInteger(ns)).toBe(true);
      }),
    );
  });
});

describe('formatGoDuration', () => {
  const texts: [ns: number, text: string][] = [
    [0, '0s'],
    [1, '1ns'],
    [-1, '-1ns'],
    [999, '999ns'],
    [1_000, '1\u00b5s'],
    [1_100, '1.1\u00b5s'],
    [999_999, '999.999\u00b5s'],
    [1_000_000, '1ms'],
    [350_250_000, '350.25ms'],
    [999_999_999, '999.999999ms'],
    [1_000_000_000, '1s'],
    [1_234_567_000, '1.234567s'],
    [63_500_000_000, '1m3.5s'],
    [300_000_000_000, '5m0s'],
    [7_200_000_000_000, '2h0m0s'],
    [3_600_000_000_001, '1h0m0.000000001s'],
    [-90_000_000_000, '-1m30s'],
    [359_999_999_999_999, '99h59m59.999999999s'],
    [9_007_199_254_740_992, '2501h59m59.254740992s'],
  ];
  it.each(texts)('prints %d ns as %s', (ns, text) => {
    expect(formatGoDuration(ns)).toBe(text);
  });

  it('prints the end of the range for what is beyond it', () => {
    expect(formatGoDuration(Infinity)).toBe('2562047h47m16.854775807s');
    expect(formatGoDuration(-Infinity)).toBe('-2562047h47m16.854775808s');
    expect(formatGoDuration(Number.NaN)).toBe('0s');
  });

  it('is read back as the same nanoseconds', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (ns) => {
        expect(parseGoDurationNs(formatGoDuration(ns))).toBe(ns === 0 ? 0 : ns);
      }),
    );
  });
});
