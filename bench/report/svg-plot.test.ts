import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plotAxis, tickText } from './plot-axis.ts';
import { barPlot, linePlot } from './svg-plot.ts';

const linear = { isLog: false, from: 0, to: 100 };
const logarithmic = { isLog: true, from: 0, to: 100 };

test.each<[string, readonly number[], typeof linear, string]>([
  ['a linear axis begins at zero and has even steps', [3, 47], linear, '0 10 20 30 40 50'],
  ['small figures', [0.01, 0.043], linear, '0 0.01 0.02 0.03 0.04 0.05'],
  ['figures below zero', [-4, 7], linear, '-4 -2 0 2 4 6 8'],
  ['no figures at all', [], linear, '0'],
  ['all the same', [5, 5], linear, '0 1 2 3 4 5'],
  ['few values on a logarithmic axis are its ticks', [4, 1, 2, 64, 2], logarithmic, '1 2 4 64'],
  ['many values get powers of ten', [1, 3, 9, 27, 81, 243, 729, 2187, 6561], logarithmic, '1 10 100 1,000 10,000'],
  ['two decades get 2 and 5 too', [1, 2, 3, 4, 5, 6, 7, 8, 50], logarithmic, '1 2 5 10 20 50 100'],
  ['zero has no place on a logarithmic axis', [0, 1, 10], logarithmic, '1 10'],
])('ticks: %s', (_name, values, range, expected) => {
  expect(plotAxis(values, range).ticks.map(tickText).join(' ')).toBe(expected);
});

test('every value has its place between the ends, in order', () => {
  const value = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.boolean(), (values, isLog) => {
      const axis = plotAxis(values, { isLog, from: 10, to: 500 });
      const places = values.toSorted((a, b) => a - b).map((one) => axis.at(one));
      expect(places.every((place) => place >= 10 - 1e-6 && place <= 500 + 1e-6)).toBe(true);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }),
  );
});

describe('plots', () => {
  const names = fc.string({ minLength: 1, maxLength: 40 });
  const odd = fc.constantFrom(NaN, Infinity, -Infinity, 0, -3);
  const number = fc.oneof(fc.double({ min: 1e-9, max: 1e12 }), fc.integer({ min: 0, max: 1000 }), odd);

  test('a line plot shows its labels, a legend entry and a marker for every point', () => {
    const svg = linePlot({
      title: 'Waiting <time>',
      xLabel: 'engines',
      yLabel: 'seconds',
      xLog: true,
      series: [
        {
          name: 'short',
          points: [
            [1, 5],
            [2, 3],
            [4, 1],
          ],
        },
        {
          name: 'long & slow',
          points: [
            [1, 9],
            [2, 8],
          ],
        },
      ],
    });
    for (const shown of ['Waiting &lt;time>', 'engines', 'seconds', 'short', 'long &amp; slow'])
      expect(svg).toContain(shown);
    expect(svg.match(/<circle/g)).toHaveLength(3 + 2);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('a bar plot writes every figure and a whisker where a range is known', () => {
    const svg = barPlot({
      title: 'Speed',
      unit: 'tokens per second',
      groups: [
        {
          name: 'one client',
          bars: [
            { name: 'corral', value: 52.31, low: 50, high: 54 },
            { name: 'peer', value: 40 },
          ],
        },
      ],
    });
    for (const shown of ['one client', 'corral', 'peer', '>52.3<', '>40<', 'tokens per second'])
      expect(svg).toContain(shown);
    expect(svg.match(/class="whisker"/g)).toHaveLength(1);
  });

  test('whatever the figures and names, no number in the picture is broken and every element is closed', () => {
    const series = fc.array(fc.record({ name: names, points: fc.array(fc.tuple(number, number)) }), { maxLength: 12 });
    fc.assert(
      fc.property(series, fc.boolean(), fc.boolean(), (drawn, xLog, yLog) => {
        const plain = drawn.map((one, index) => ({ ...one, name: `n${index}` }));
        const svg = linePlot({ title: 't', xLabel: 'x', yLabel: 'y', xLog, yLog, series: plain });
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        const opened = svg.match(/<[a-z]+[^>]*[^/]>/g) ?? [];
        expect(opened).toHaveLength(svg.match(/<\/[a-z]+>/g)?.length ?? 0);
      }),
    );
  });
});
