import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { computeThreads, containerQuota, physicalCores } from './cpu-threads.ts';

const processor = (socket: number, core: number) => `processor\t: 0\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;

test('two threads of one core count once, the same core number on two sockets twice', () => {
  const cpuinfo = [processor(0, 0), processor(0, 0), processor(0, 1), processor(1, 0)].join('\n');
  expect(physicalCores(cpuinfo)).toBe(3);
});

test('a machine that does not tell its cores leaves the choice to the caller', () => {
  expect(physicalCores('processor\t: 0\nBogoMIPS\t: 50.00\n')).toBeUndefined();
});

test.each([
  ['no limit', 'max 100000\n', undefined],
  ['two and a half CPUs', '250000 100000\n', 2],
  ['a quarter of a CPU', '25000 100000\n', 1],
  ['no such file', '', undefined],
])('a container with %s', (_, text, expected) => {
  expect(containerQuota(text)).toBe(expected);
});

test('there is at least one thread and never more than the process may use', () => {
  expect(computeThreads()).toBeGreaterThanOrEqual(1);
  expect(computeThreads()).toBeLessThanOrEqual(availableParallelism());
});
