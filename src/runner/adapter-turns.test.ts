import { describe, expect, test } from 'vitest';
import { AdapterTurns } from './adapter-turns.ts';

describe('turns of adapters', () => {
  test('one set of adapters has every turn', () => {
    const turns = new AdapterTurns();
    for (const nowMs of [0, 500, 10_000]) expect(turns.next(['a', 'a'], nowMs)).toBe('a');
  });

  test('a set keeps its turn for a while and then passes it on in a ring, so that none starves', () => {
    const turns = new AdapterTurns();
    const seen: string[] = [];
    for (let nowMs = 1000; nowMs < 2200; nowMs += 100) seen.push(turns.next(['a', 'b', 'a', 'c'], nowMs));
    expect(seen.join('')).toBe('aabbccaabbcc');
  });

  test('a set whose sequences have ended passes its turn on at once', () => {
    const turns = new AdapterTurns();
    expect(turns.next(['a', 'b'], 1000)).toBe('a');
    expect(turns.next(['b'], 1010)).toBe('b');
  });

  test('one that comes while another has long been alone gets its turn at once', () => {
    const turns = new AdapterTurns();
    turns.next(['a'], 1000);
    expect(turns.next(['a', 'b'], 9000)).toBe('b');
  });
});
