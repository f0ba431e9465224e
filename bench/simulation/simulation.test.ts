/** A small simulation with the real queue and planner: what must hold for any workload of this kind. */
import { describe, expect, test } from 'vitest';
import { capacity, simulateCrowds, simulateGreedy } from './experiments.ts';
import { createRandom } from './random.ts';
import { stepMs } from './step-time.ts';
import { jainIndex } from './summarize-waiting.ts';

const perEngine = capacity(200);
const crowds = simulateCrowds({ clients: 200, requests: 1000, engines: [1, 2, 4], loads: [0.5, 0.8, 0.95] }, perEngine);

test.each(crowds)('$engines engines at load $load: everybody is answered, the short before the long', (result) => {
  expect(result.unanswered).toBe(0);
  expect(Number.isFinite(result.short.maxMs) && Number.isFinite(result.long.maxMs)).toBe(true);
  expect(result.short.p50Ms).toBeLessThan(result.long.p50Ms / 2);
  expect(result.short.p99Ms).toBeLessThan(result.long.p99Ms / 2);
});

test('without contention a short prompt waits about as long as it takes to compute', () => {
  const [result] = simulateCrowds({ clients: 200, requests: 500, engines: [16], loads: [0.1] }, perEngine);
  expect(result?.short.p99Ms).toBeLessThan(2 * stepMs(200));
});

describe('a greedy client', () => {
  const fair = simulateGreedy('by client', perEngine, 200);
  const byArrival = simulateGreedy('by arrival', perEngine, 200);

  test('delays modest ones by a small part of what it does in a queue by arrival', () => {
    expect(fair.modest.p50Ms).toBeLessThan(byArrival.modest.p50Ms / 10);
    expect(fair.modest.p99Ms).toBeLessThan(byArrival.modest.p99Ms / 4);
  });

  test('waits longer than they do, but is answered', () => {
    expect(fair.modest.maxMs).toBeLessThan(fair.greedy.p50Ms);
    expect(Number.isFinite(fair.greedy.maxMs)).toBe(true);
    // All of it together takes as long as before: turns cost nothing.
    expect(fair.greedy.maxMs).toBeLessThan(1.5 * byArrival.greedy.maxMs);
  });

  test('gets no more than its share while all ask for more than there is', () => {
    expect(fair.jain).toBeGreaterThan(0.9);
    expect(byArrival.jain).toBeLessThan(0.5);
  });
});

test('a simulation is the same each time', () => {
  const again = simulateCrowds({ clients: 200, requests: 1000, engines: [1], loads: [0.5] }, perEngine);
  expect(again).toEqual(crowds.slice(0, 1));
});

test('chance is even', () => {
  const random = createRandom(1);
  const values = Array.from({ length: 10_000 }, () => random.exponential(5));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean - 5)).toBeLessThan(0.25);
});

test.each([
  ['of a measured size', 8, 11.1],
  ['between two', 12, 14.1],
  ['none', 0, 0],
  ['a large one', 256, 256 / 0.312],
])('the time of a step: %s', (_name, tokens, ms) => {
  expect(stepMs(tokens)).toBeCloseTo(ms, 6);
});

test.each<[string, readonly number[], number]>([
  ['all the same', [3, 3, 3, 3], 1],
  ['one has everything', [8, 0, 0, 0], 0.25],
  ['nobody anything', [0, 0], 1],
])('Jain’s index: %s', (_name, shares, index) => {
  expect(jainIndex(shares)).toBeCloseTo(index, 9);
});
