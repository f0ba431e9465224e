import { describe, expect, test } from 'vitest';
import { Tuner, type Measured } from './tuner.ts';

function tuned(choices: readonly number[], times: Readonly<Record<number, readonly Measured[]>>) {
  const tuner = new Tuner(choices);
  const asked: number[] = [];
  for (let threads = tuner.next; threads !== undefined; threads = tuner.next) {
    const turn = asked.filter((other) => other === threads).length;
    asked.push(threads);
    const measured = times[threads]?.[turn];
    if (measured === undefined) throw new Error('measured too often');
    tuner.record(measured);
  }
  return { threads: tuner.threads, asked };
}

const ms = (promptMs: number, decodeMs: number): Measured => ({ promptMs, decodeMs });

describe('tuner', () => {
  test.each([
    {
      name: 'more threads that help',
      times: { 6: [ms(100, 50), ms(100, 50)], 12: [ms(80, 45), ms(82, 45)] },
      best: 12,
    },
    {
      name: 'more threads that hinder',
      times: { 6: [ms(100, 50), ms(99, 50)], 12: [ms(110, 70), ms(120, 70)] },
      best: 6,
    },
    {
      name: 'a gain within the noise',
      times: { 6: [ms(100, 50), ms(100, 50)], 12: [ms(97, 49), ms(98, 49)] },
      best: 6,
    },
    {
      name: 'a gain here and a loss there',
      times: { 6: [ms(100, 50), ms(100, 50)], 12: [ms(80, 62), ms(80, 62)] },
      best: 6,
    },
    {
      name: 'a disturbed first round',
      times: { 6: [ms(100, 50), ms(100, 50)], 12: [ms(900, 400), ms(80, 45)] },
      best: 12,
    },
  ])('$name', ({ times, best }) => {
    expect(tuned([6, 12], times)).toEqual({ threads: best, asked: [6, 12, 6, 12] });
  });

  test('with one choice there is nothing to measure', () => {
    expect(tuned([4], {})).toEqual({ threads: 4, asked: [] });
  });

  test('until all is known the first choice stays', () => {
    const tuner = new Tuner([2, 1]);
    tuner.record(ms(100, 100));
    tuner.record(ms(10, 10));
    expect(tuner.threads).toBe(2);
  });
});
