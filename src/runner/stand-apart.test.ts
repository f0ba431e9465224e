import { describe, expect, it, test } from 'vitest';
import { coreOf, standApart } from './stand-apart.ts';

/** What follows the name in a thread's `stat`, with its core as the 39th field. */
const fields = `S 1 ${'0 '.repeat(34)}7 0 0\n`;

test.each([
  [`4711 (node) ${fields}`, 7],
  [`4711 (a) 3 (b) ${fields}`, 7],
  ['4711 (node) S 1', undefined],
  ['', undefined],
])('of %j', (stat, core) => {
  expect(coreOf(stat)).toBe(core);
});

describe('the thread of the steps', () => {
  test.each<[string, (number | undefined)[], number[][]]>([
    ['leaves a core that a worker will wake up on', [0, 3], [[0, 3]]],
    ['stays where no worker will', [1, 2], []],
    ['stays where there is none', [], []],
    ['stays where the system tells nothing', [undefined], []],
  ])('%s', (_, cores, expected) => {
    const left: number[][] = [];
    const thread = { core: () => 3, leave: (taken: Iterable<number>) => left.push([...taken]) };
    standApart(thread, [...cores.keys()], (worker) => cores[worker]);
    expect(left).toEqual(expected);
  });
});

it('asks nothing of a worker that is gone', () => {
  const noThread = 0x7f_ff_ff_ff;
  const left: number[][] = [];
  standApart({ core: () => 0, leave: (cores) => left.push([...cores]) }, [noThread]);
  expect(left).toEqual([]);
});
