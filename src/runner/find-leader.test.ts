import { expect, test } from 'vitest';
import { findLeader } from './find-leader.ts';

function running(
  tokens: readonly number[],
  changes: { adapters?: string; shifted?: boolean; remembers?: boolean } = {},
) {
  const { remembers = true, ...others } = changes;
  return { tokens, adapters: '', shifted: false, request: { remembers }, ...others };
}

const cases: readonly [name: string, others: readonly ReturnType<typeof running>[], leader: number, length: number][] =
  [
    ['nobody runs', [], -1, 0],
    ['nobody begins alike', [running([9, 1, 2])], -1, 0],
    ['the one with most in common', [running([1, 2, 9]), running([1, 2, 3, 9]), running([1, 9])], 1, 3],
    ['of equals the oldest', [running([1, 2, 8]), running([1, 2, 9])], 0, 2],
    ['the last token is never taken from another', [running([1, 2, 3, 4, 5])], 0, 3],
    ['other adapters compute other cells', [running([1, 2, 3], { adapters: 'a' }), running([1, 8])], 1, 1],
    ['nothing is taken from one that keeps to itself', [running([1, 2, 3], { remembers: false })], -1, 0],
    ['cells after a shift are not those of their tokens', [running([1, 2, 3], { shifted: true })], -1, 0],
  ];

test.each(cases)('%s', (_name, others, leader, length) => {
  const found = findLeader([1, 2, 3, 4], '', others);
  expect(found?.leader).toBe(others[leader]);
  expect(found?.length ?? 0).toBe(length);
});
