import { describe, expect, it } from 'vitest';
import { formatFigure } from './format-figure.ts';
import { judge } from './measure-result.ts';
import { failureLines, scenarioTable } from './scenario-table.ts';
import { formatTable } from './text-table.ts';

describe('formatTable', () => {
  it('aligns the first column left and the others right', () => {
    expect(
      formatTable([
        ['name', 'a', 'long head'],
        ['x', '1000', '2'],
      ]),
    ).toBe('name      a   long head\nx      1000           2');
  });
});

describe('formatFigure', () => {
  it.each([
    [1234.5, '1235'],
    [100, '100'],
    [56.78, '56.8'],
    [9.876, '9.88'],
    [0.5, '0.50'],
    [-12.34, '-12.3'],
  ])('shows %d as %s', (value, text) => {
    expect(formatFigure(value)).toBe(text);
  });
});

const results = [
  judge({
    measure: { name: 'rate', unit: 'tok/s', better: 'higher' },
    entries: [
      { label: 'corral', role: 'corral', values: [200, 220, 210], failure: undefined },
      { label: 'peer', role: 'peer', values: [100, 105, 110], failure: undefined },
    ],
  }),
  judge({
    measure: { name: 'start', unit: 'ms', better: 'lower' },
    entries: [
      { label: 'corral', role: 'corral', values: [], failure: 'no answer' },
      { label: 'other', role: 'reference', values: [5.5], failure: undefined },
    ],
  }),
];

describe('scenarioTable', () => {
  it('has a row for each measure and a column for each contestant, whoever takes part in which', () => {
    expect(scenarioTable(results).split('\n')).toEqual([
      'median (min..max)                    corral                   peer   other   to the best peer',
      'rate, tok/s                  210 (200..220)   105 (100..110) x2.00       -       x2.00 (peer)',
      'start, ms (less is better)           failed                      -    5.50                  -',
    ]);
  });

  it('tells why somebody failed, once', () => {
    expect(failureLines([...results, ...results])).toEqual(['corral failed: no answer (at "start")']);
  });
});
