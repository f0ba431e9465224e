import { describe, expect, it } from 'vitest';
import type { EntryRole, Measure } from '../scenario.ts';
import { judge } from './measure-result.ts';
import { relativeGroup, relativePlot } from './relative-plot.ts';

const rate: Measure = { name: 'rate', unit: 'tok/s', better: 'higher' };
const time: Measure = { name: 'time', unit: 'ms', better: 'lower' };
const entry = (label: string, role: EntryRole, ...values: number[]) => ({ label, role, values, failure: undefined });

describe('relativeGroup', () => {
  it.each([
    [
      'rates over the better peer',
      rate,
      [entry('corral', 'corral', 90, 120, 150), entry('a', 'peer', 60), entry('b', 'peer', 30)],
      [
        { name: 'corral', value: 2, low: 1.5, high: 2.5 },
        { name: 'a', value: 1, low: 1, high: 1 },
        { name: 'b', value: 0.5, low: 0.5, high: 0.5 },
      ],
    ],
    [
      'times the other way round, with the longest as the low end',
      time,
      [entry('corral', 'corral', 40, 50, 100), entry('a', 'peer', 100)],
      [
        { name: 'corral', value: 2, low: 1, high: 2.5 },
        { name: 'a', value: 1, low: 1, high: 1 },
      ],
    ],
    [
      'Corral against its own reference where there is no peer',
      rate,
      [entry('corral', 'corral', 30), entry('corral, no drafts', 'reference', 20)],
      [
        { name: 'corral', value: 1.5, low: 1.5, high: 1.5 },
        { name: 'corral, no drafts', value: 1, low: 1, high: 1 },
      ],
    ],
  ])('shows %s', (_, measure, entries, bars) => {
    expect(relativeGroup(judge({ measure, entries }))?.bars).toEqual(bars);
  });

  it('leaves out a measure with nobody to compare with', () => {
    expect(relativeGroup(judge({ measure: rate, entries: [entry('corral', 'corral', 5)] }))).toBeUndefined();
  });
});

describe('relativePlot', () => {
  it('is a picture with every measure that can be compared', () => {
    const both = judge({ measure: rate, entries: [entry('corral', 'corral', 2), entry('ollama', 'peer', 1)] });
    const alone = judge({ measure: time, entries: [entry('corral', 'corral', 5)] });
    const svg = relativePlot('serving', [both, alone]) ?? '';
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('rate, tok/s');
    expect(svg).not.toContain('time, ms');
    expect(relativePlot('serving', [alone])).toBeUndefined();
  });
});
