import { describe, expect, test } from 'vitest';
import { computeThreads } from './cpu-threads.ts';
import { coresInList, distinctChoices, threadChoices } from './thread-choices.ts';

describe('thread choices', () => {
  test.each([
    { name: 'two threads per core', physical: 8, fast: 0, allowed: 16, choices: [8, 16] },
    { name: 'one thread per core', physical: 4, fast: 0, allowed: 4, choices: [4] },
    { name: 'fast cores of two threads, and slow ones', physical: 14, fast: 12, allowed: 20, choices: [14, 12, 20] },
    { name: 'a container that may use less', physical: 2, fast: 12, allowed: 2, choices: [2] },
  ])('$name', ({ physical, fast, allowed, choices }) => {
    expect(distinctChoices(physical, fast, allowed)).toEqual(choices);
  });

  test.each([
    { list: '0-11\n', cores: 12 },
    { list: '0-3,8,10-11', cores: 7 },
    { list: '', cores: 0 },
  ])('"$list" names $cores', ({ list, cores }) => {
    expect(coresInList(list)).toBe(cores);
  });

  test('on this machine there is at least one', () => {
    expect(threadChoices(computeThreads())[0]).toBeGreaterThanOrEqual(1);
  });
});
