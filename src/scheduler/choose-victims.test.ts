import { expect, test } from 'vitest';
import { chooseVictims } from './choose-victims.ts';

type Row = readonly [key: string, leases: number, keepAliveMs: number, heldBytes: number];

test.each<[string, readonly Row[], { slots: number; bytes: number }, readonly string[], string]>([
  ['nothing short, nobody goes', [['a', 0, 1, 10]], { slots: 0, bytes: -5 }, [], ''],
  [
    'the shortest keep-alive first',
    [
      ['a', 0, 9, 10],
      ['b', 0, 5, 10],
    ],
    { slots: 1, bytes: 0 },
    [],
    'b',
  ],
  [
    'then by path',
    [
      ['b', 0, 5, 10],
      ['a', 0, 5, 10],
    ],
    { slots: 1, bytes: 0 },
    [],
    'a',
  ],
  [
    'also among those kept for ever',
    [
      ['b', 0, Infinity, 10],
      ['a', 0, Infinity, 10],
    ],
    { slots: 1, bytes: 0 },
    [],
    'a',
  ],
  [
    'idle before busy',
    [
      ['a', 1, 1, 10],
      ['b', 0, Infinity, 10],
    ],
    { slots: 1, bytes: 0 },
    [],
    'b',
  ],
  [
    'as many as there are slots short',
    [
      ['a', 0, 1, 10],
      ['b', 0, 2, 10],
      ['c', 0, 3, 10],
    ],
    { slots: 2, bytes: 0 },
    [],
    'ab',
  ],
  [
    'as many as cover the bytes',
    [
      ['a', 0, 1, 10],
      ['b', 0, 2, 10],
      ['c', 0, 3, 10],
    ],
    { slots: 0, bytes: 15 },
    [],
    'ab',
  ],
  [
    'not a small one where the next is enough alone',
    [
      ['a', 0, 1, 10],
      ['b', 0, 2, 50],
    ],
    { slots: 0, bytes: 45 },
    [],
    'b',
  ],
  [
    'a busy one chosen before stays the choice',
    [
      ['a', 1, 1, 10],
      ['b', 1, 5, 10],
    ],
    { slots: 1, bytes: 0 },
    ['b'],
    'b',
  ],
  [
    'but an idle one is better still',
    [
      ['a', 0, 9, 10],
      ['b', 1, 5, 10],
    ],
    { slots: 1, bytes: 0 },
    ['b'],
    'a',
  ],
  [
    'all, if even that is too little',
    [
      ['a', 0, 1, 10],
      ['b', 1, 2, 10],
    ],
    { slots: 0, bytes: 99 },
    [],
    'ab',
  ],
])('%s', (_name, rows, shortage, draining, victims) => {
  const candidates = rows.map(([key, leases, keepAliveMs, heldBytes], id) => ({
    id,
    key,
    leases,
    keepAliveMs,
    heldBytes,
  }));
  const drainingIds = new Set(candidates.filter(({ key }) => draining.includes(key)).map(({ id }) => id));
  expect(
    chooseVictims(candidates, shortage, drainingIds)
      .map(({ key }) => key)
      .join(''),
  ).toBe(victims);
});
