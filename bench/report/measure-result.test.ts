import { describe, expect, it } from 'vitest';
import type { EntryRole } from '../scenario.ts';
import { judge, ratioOf, type EntrySamples } from './measure-result.ts';

const rate = { name: 'rate', unit: 'tok/s', better: 'higher' } as const;
const time = { name: 'time', unit: 'ms', better: 'lower' } as const;
const entry = (label: string, role: EntryRole, values: number[], failure?: string): EntrySamples => ({
  label,
  role,
  values,
  failure,
});

describe('ratioOf', () => {
  it.each([
    ['a higher rate is above 1', 'higher', 120, 100, 1.2],
    ['a lower rate is below 1', 'higher', 80, 100, 0.8],
    ['a shorter time is above 1', 'lower', 50, 100, 2],
    ['a longer time is below 1', 'lower', 100, 50, 0.5],
    ['nothing to compare with has no ratio', 'lower', 100, undefined, undefined],
    ['a figure of Corral that is missing has no ratio', 'lower', undefined, 100, undefined],
    ['zero has no ratio', 'higher', 100, 0, undefined],
  ] as const)('%s', (_, better, corral, other, expected) => {
    expect(ratioOf(better, corral, other)).toBe(expected);
  });
});

describe('judge', () => {
  it('compares medians with every other entry, and with the best peer', () => {
    const result = judge({
      measure: rate,
      entries: [entry('corral', 'corral', [90, 110, 100]), entry('slow', 'peer', [50]), entry('fast', 'peer', [80])],
    });
    expect(result.entries.map(({ ratio }) => ratio)).toEqual([undefined, 2, 1.25]);
    expect(result.bestPeer).toEqual({ label: 'fast', ratio: 1.25 });
  });

  it('never takes a reference for the best peer', () => {
    const result = judge({
      measure: time,
      entries: [entry('corral', 'corral', [100]), entry('warm', 'reference', [10]), entry('cold', 'peer', [150])],
    });
    expect(result.entries.map(({ ratio }) => ratio)).toEqual([undefined, 0.1, 1.5]);
    expect(result.bestPeer).toEqual({ label: 'cold', ratio: 1.5 });
  });

  it('leaves a failed entry out, even if it had figures before it failed', () => {
    const result = judge({
      measure: time,
      entries: [
        entry('corral', 'corral', [100]),
        entry('broken', 'peer', [1], 'crashed'),
        entry('sound', 'peer', [90]),
      ],
    });
    expect(result.bestPeer).toEqual({ label: 'sound', ratio: 0.9 });
    expect(result.entries[1]).toMatchObject({ summary: undefined, ratio: undefined, failure: 'crashed' });
  });

  it('has no verdict without Corral', () => {
    expect(judge({ measure: time, entries: [entry('sound', 'peer', [90])] }).bestPeer).toBeUndefined();
  });
});
