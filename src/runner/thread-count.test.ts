import { describe, expect, test } from 'vitest';
import { ThreadCount } from './thread-count.ts';

/** A machine that gives the process `share` of every thread's time; steps of 20 ms. */
function run(count: ThreadCount, share: (threads: number) => number, fromMs: number, forMs: number) {
  let threads = 0;
  const seen = new Set<number>();
  for (let nowMs = fromMs; nowMs < fromMs + forMs; nowMs += 20) {
    const using = threads || 2;
    count.record({ wallMs: 20, cpuMs: 20 * using * share(using), nowMs });
    threads = count.now;
    seen.add(threads);
  }
  return { threads, seen };
}

describe('thread count', () => {
  test('all threads are used while they get their cores', () => {
    expect(run(new ThreadCount(2), () => 0.97, 0, 5000).seen).toEqual(new Set([2]));
  });

  test('with other programs on the cores fewer are used, and all again when those are gone', () => {
    const count = new ThreadCount(2);
    expect(run(count, (threads) => (threads === 2 ? 0.5 : 1), 0, 700).threads).toBe(1);
    expect(run(count, () => 1, 700, 3000).threads).toBe(2);
  });

  test('a neighbour’s last spin changes nothing', () => {
    const count = new ThreadCount(2);
    run(count, () => 1, 0, 1000);
    expect(run(count, () => 0.5, 1000, 240).seen).toEqual(new Set([2]));
    expect(run(count, () => 1, 1240, 1000).seen).toEqual(new Set([2]));
  });

  test('tries that fail become rarer', () => {
    const count = new ThreadCount(2);
    let tries = 0;
    let before = 2;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 20) {
      count.record({ wallMs: 20, cpuMs: 20 * before * (before === 2 ? 0.5 : 1), nowMs });
      if (count.now > before) tries++;
      before = count.now;
    }
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(12);
  });

  test('there is always one', () => {
    expect(run(new ThreadCount(1), () => 0.1, 0, 2000).seen).toEqual(new Set([1]));
  });
});
