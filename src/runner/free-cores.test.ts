import { describe, expect, test } from 'vitest';
import { runnableOthers } from './busy-cores.ts';
import { FreeCores } from './free-cores.ts';

/** On so many cores; the system's answers in order, the last one for ever. */
function watch(cores: number, ...answers: (number | undefined)[]): FreeCores {
  return new FreeCores({
    cores,
    others: () => (answers.length > 1 ? answers.shift() : answers[0]),
    pause: () => {},
  });
}

/** A step of two threads that ends at `nowMs` and had its cores or not. */
const kept = (nowMs: number, threads = 2) => ({ threads, wallMs: 50, cpuMs: 50 * threads * 0.97, nowMs });
const lost = (nowMs: number, threads = 2) => ({ threads, wallMs: 50, cpuMs: 50 * threads * 0.7, nowMs });

describe('an answer that begins', () => {
  test.each<[string, (number | undefined)[], number]>([
    ['while others hold every core', [2], 1],
    ['while others hold one', [1], 1],
    ['while nobody does', [0], 2],
    ['while a client and the server are still busy for a moment', [2, 2, 0], 2],
    ['where the system tells nothing', [undefined], 2],
  ])('%s', (_, answers, expected) => {
    expect(watch(2, ...answers).threads(2, 20, 1000)).toBe(expected);
  });

  test('with a long step does not wait: one thread would take longer than others spin', () => {
    expect(watch(2, 2).threads(2, 500, 1000)).toBe(2);
  });

  test('with one thread asks nobody', () => {
    expect(watch(2, 2).threads(1, 20, 1000)).toBe(1);
  });

  test('leaves the cores to as many as hold some', () => {
    expect(watch(8, 1).threads(8, 20, 1000)).toBe(7);
    expect(watch(16, 1).threads(8, 20, 1000)).toBe(8);
  });
});

describe('steps one after the other', () => {
  test('have fewer threads once one lost its time to somebody who is still there', () => {
    const cores = watch(2, 0, 1);
    expect(cores.threads(2, 1, 1000)).toBe(2);
    cores.record(kept(1010));
    expect(cores.threads(2, 1, 1010)).toBe(2);
    cores.record(lost(1020));
    expect(cores.threads(2, 1, 1020)).toBe(1);
  });

  test('keep their threads where only a short one lost time, until several have', () => {
    const cores = watch(2, 0, 1);
    cores.threads(2, 1, 1000);
    const short = { ...lost(1010), wallMs: 20, cpuMs: 28 };
    cores.record(short);
    expect(cores.threads(2, 1, 1010)).toBe(2);
    cores.record(short);
    expect(cores.threads(2, 1, 1010)).toBe(1);
  });

  test('keep their threads behind a pause in which the runner itself was busy, or rested for a moment', () => {
    const cores = watch(2, 0, 1);
    cores.threads(2, 1, 1000);
    cores.record(kept(1010));
    expect(cores.threads(2, 1, 1050)).toBe(2);
    cores.record(kept(1060));
    cores.rest();
    expect(cores.threads(2, 1, 1068)).toBe(2);
    cores.record(kept(1078));
    cores.rest();
    expect(cores.threads(2, 1, 1120)).toBe(1);
  });

  test.each([
    ['who takes no time', kept(1010), [0, 1]],
    ['who is there for a moment', lost(1010), [0, 1, 1, 0]],
  ])('keep their threads beside somebody %s', (_, step, answers) => {
    const cores = watch(2, ...answers);
    cores.threads(2, 1, 1000);
    cores.record(step);
    expect(cores.threads(2, 1, 1010)).toBe(2);
  });

  test('keep their threads where time was lost to somebody who is gone', () => {
    const cores = watch(2, 0);
    cores.threads(2, 1, 1000);
    cores.record(lost(1010));
    expect(cores.threads(2, 1, 1010)).toBe(2);
  });

  test('have all threads where they are so long that these gain by it all the same, sooner while the others may only spin', () => {
    const cores = watch(2, 1);
    cores.threads(2, 1, 1000);
    const threadsAt = (nowMs: number) => [100, 500, 1000].map((expectedMs) => cores.threads(2, expectedMs, nowMs));
    cores.record(lost(1010));
    expect(threadsAt(1010)).toEqual([1, 2, 2]);
    cores.record(lost(1410));
    expect(threadsAt(1410)).toEqual([1, 1, 2]);
  });

  test('have all threads again as soon as there is a core for each', () => {
    let others = 2;
    const cores = new FreeCores({ cores: 2, others: () => others, pause: () => {} });
    expect(cores.threads(2, 1, 1000)).toBe(1);
    cores.record(kept(1010, 1));
    expect(cores.threads(2, 1, 1010)).toBe(1);
    others = 0;
    cores.record(kept(1020, 1));
    expect(cores.threads(2, 1, 1020)).toBe(2);
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
