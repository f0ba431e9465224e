import { describe, expect, test } from 'vitest';
import { runnableOthers } from './busy-cores.ts';
import { CrowdedStart } from './crowded-start.ts';

const begins = { threads: 2, tokens: () => 20, nowMs: 1000, idleMs: 1000 };

/** On two cores; the system's answers in order, the last one for ever. */
function start(...answers: (number | undefined)[]): CrowdedStart {
  return new CrowdedStart({
    cores: 2,
    others: () => (answers.length > 1 ? answers.shift() : answers[0]),
    pause: () => {},
  });
}

describe('an answer that begins', () => {
  test.each<[string, (number | undefined)[], boolean]>([
    ['while others hold every core', [2], true],
    ['while a core is free', [1], false],
    ['while a client and the server are still busy for a moment', [2, 2, 0], false],
    ['where the system tells nothing', [undefined], false],
  ])('%s', (_, answers, expected) => {
    expect(start(...answers).isCrowded({ ...begins, nowMs: 1000 })).toBe(expected);
  });

  test('has all threads again as soon as there is a core for each', () => {
    const crowded = start(2, 2, 2, 3, 1, 0);
    const steps = [1000, 1100, 1200, 1300].map((nowMs, at) =>
      crowded.isCrowded({ ...begins, nowMs, idleMs: at === 0 ? 1000 : 1 }),
    );
    expect(steps).toEqual([true, true, true, false]);
  });

  test('does not wait for ever for one that holds a single core', () => {
    const crowded = start(2, 2, 2, 1);
    const steps = [1000, 1400, 1600].map((nowMs, at) =>
      crowded.isCrowded({ ...begins, nowMs, idleMs: at === 0 ? 1000 : 1 }),
    );
    expect(steps).toEqual([true, true, false]);
  });

  test('with a long prompt does not wait: one thread would take longer than others spin', () => {
    const crowded = start(2);
    expect(crowded.isCrowded({ ...begins, tokens: () => 500 })).toBe(false);
    expect(crowded.isCrowded({ ...begins, tokens: () => 1, idleMs: 1 })).toBe(false);
  });

  test('with one thread asks nobody', () => {
    expect(start(2).isCrowded({ ...begins, threads: 1 })).toBe(false);
  });

  test('is not asked about between its steps', () => {
    const running = start(0, 2);
    expect([1000, 1, 5].map((idleMs) => running.isCrowded({ ...begins, idleMs }))).toEqual([false, false, false]);
    expect(running.isCrowded({ ...begins, idleMs: 50 })).toBe(true);
  });
});

test.each([
  ['0.52 0.58 0.59 3/512 4711\n', 2],
  ['12.00 1.00 0.00 1/78 14313\n', 0],
  ['', undefined],
  ['nonsense', undefined],
])('of %j', (text, expected) => {
  expect(runnableOthers(text)).toBe(expected);
});
