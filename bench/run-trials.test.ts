import { describe, expect, it } from 'vitest';
import { roundOrder, runTrial } from './run-trials.ts';
import type { Entry, Measure, Trial } from './scenario.ts';

const measures: readonly Measure[] = [
  { name: 'speed', unit: 'tok/s', better: 'higher' },
  { name: 'time', unit: 'ms', better: 'lower' },
];
const options = { runs: 3, signal: new AbortController().signal, pauseMs: 0, onRound() {} };

describe('roundOrder', () => {
  it('lets everybody run once in each round and another one begin', () => {
    expect([0, 1, 2, 3].map((round) => roundOrder(3, round))).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
      [0, 1, 2],
    ]);
  });
});

describe('runTrial', () => {
  it('prepares everybody first, then alternates, and sorts the figures by measure and entry', async () => {
    const log: string[] = [];
    const entry = (label: string): Entry => ({
      label,
      role: 'peer',
      async prepare() {
        log.push(`prepare ${label}`);
      },
      async run() {
        log.push(label);
        return [log.length, label === 'b' ? undefined : -log.length];
      },
    });
    const [speed, time] = await runTrial({ measures, entries: [entry('a'), entry('b')] }, { ...options, runs: 2 });
    expect(log).toEqual(['prepare a', 'prepare b', 'a', 'b', 'b', 'a']);
    expect(speed?.entries.map(({ label, values }) => [label, values])).toEqual([
      ['a', [3, 6]],
      ['b', [4, 5]],
    ]);
    expect(time?.entries.map(({ values }) => values)).toEqual([[-3, -6], []]);
  });

  it.each([
    [
      'while it prepares',
      { prepare: () => Promise.reject(new Error('no store')), run: async () => [1, 2] },
      'no store',
    ],
    ['while it runs', { run: () => Promise.reject(new Error('crashed')) }, 'crashed'],
  ])('goes on with the others when one entry fails %s', async (_, broken, reason) => {
    const trial: Trial = {
      measures,
      entries: [
        { label: 'broken', role: 'corral', ...broken },
        { label: 'sound', role: 'peer', run: async () => [1, 2] },
      ],
    };
    const [speed] = await runTrial(trial, options);
    expect(speed?.entries.map(({ failure, values }) => [failure, values])).toEqual([
      [reason, []],
      [undefined, [1, 1, 1]],
    ]);
  });

  it('ends at once when it is interrupted', async () => {
    const interrupt = new AbortController();
    let runs = 0;
    const entry: Entry = {
      label: 'a',
      role: 'peer',
      async run(signal) {
        runs += 1;
        interrupt.abort(new Error('enough'));
        signal.throwIfAborted();
        return [1, 2];
      },
    };
    await expect(runTrial({ measures, entries: [entry] }, { ...options, signal: interrupt.signal })).rejects.toThrow(
      'enough',
    );
    expect(runs).toBe(1);
  });
});
