import { expect, test } from 'vitest';
import { firstStreamPlan, maxStreams, nextStreamPlan, type StreamPlan } from './stream-plan.ts';

/** The streams of each window on a line with this throughput. */
function streamsOn(line: (streams: number) => number, windows: number, failsAt = new Set<number>()): number[] {
  let plan: StreamPlan = firstStreamPlan;
  return Array.from({ length: windows }, (_, window) => {
    const { streams } = plan;
    plan = nextStreamPlan(plan, { bytesPerSecond: line(streams), failures: failsAt.has(window) ? 1 : 0 });
    return streams;
  });
}

test('a line where each stream is slow gets as many as there are', () => {
  expect(streamsOn((streams) => streams * 1e6, 6)).toEqual([1, 2, 4, 8, 16, 16]);
});

test('a line that one stream fills keeps one, and is asked again from time to time', () => {
  const streams = streamsOn(() => 1e8, 60);
  expect(Math.max(...streams)).toBe(2);
  expect(streams.filter((count) => count === 2).length).toBeLessThan(5);
});

test('a line that four streams fill settles there', () => {
  expect(streamsOn((streams) => Math.min(streams, 4) * 1e6, 12).slice(4)).toEqual([4, 4, 4, 4, 4, 4, 4, 4]);
});

test('a failure halves, and never below one', () => {
  expect(streamsOn((streams) => streams, 7, new Set([3, 4, 5]))).toEqual([1, 2, 4, 8, 4, 2, 1]);
});

test('nothing leads beyond the most there are', () => {
  expect(Math.max(...streamsOn((streams) => streams ** 2, 50))).toBe(maxStreams);
});
