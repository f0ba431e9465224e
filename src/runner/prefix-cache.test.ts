import { describe, expect, test } from 'vitest';
import { PrefixCache, type Slot } from './prefix-cache.ts';

/** Records what is cut, as the engine's memory would be told. */
function cache(sequences: number, cuttable = true, mostBytes = 10_000) {
  const cuts: [number, number][] = [];
  const saved: number[] = [];
  const memory = {
    isCuttable: cuttable,
    canCut: () => cuttable,
    hasRoomToSave: () => true,
    canRetire: false,
    retire: () => {},
    clearRetired: () => {},
    share: () => {},
    removeFrom(sequence: number, from: number) {
      cuts.push([sequence, from]);
      return cuttable || from === 0;
    },
    removeRange: () => cuttable,
    save(sequence: number) {
      saved.push(sequence);
      return Buffer.alloc(1000);
    },
    append: () => true,
  };
  return { slots: new PrefixCache({ sequences, memory, mostKeptBytes: mostBytes }), cuts, saved };
}

function run(slots: PrefixCache, tokens: readonly number[]): Slot {
  const slot = slots.take(tokens, '');
  if (slot === undefined) throw new Error('no slot');
  slot.tokens.push(...tokens.slice(slot.tokens.length));
  return slot;
}

describe('prefix cache', () => {
  test('the free slot with the longest common prefix is taken and cut to it', () => {
    const { slots, cuts } = cache(2);
    const first = run(slots, [1, 2, 3, 4]);
    const second = run(slots, [9, 8]);
    slots.putBack(first, 4);
    slots.putBack(second, 2);
    const taken = slots.take([1, 2, 3, 5, 6], '');
    expect(taken?.sequence).toBe(first.sequence);
    expect(taken?.tokens).toEqual([1, 2, 3]);
    expect(cuts).toEqual([
      [second.sequence, 0],
      [first.sequence, 3],
    ]);
  });

  test('the last token is always computed again', () => {
    const { slots } = cache(1);
    slots.putBack(run(slots, [1, 2, 3]), 3);
    expect(slots.take([1, 2, 3], '')?.tokens).toEqual([1, 2]);
  });

  test('cells computed with other adapters are not reused, also not from memory', () => {
    const { slots } = cache(2);
    const first = slots.take([1, 2, 3, 4], 'a');
    if (first === undefined) throw new Error('no slot');
    first.tokens.push(1, 2, 3, 4);
    slots.putBack(first, 4);
    expect(slots.take([1, 2, 3, 4], 'b')?.tokens).toEqual([]);
    expect(slots.take([1, 2, 3, 4], 'b')?.tokens).toEqual([]);
  });

  test('with nothing in common the least recently used slot is taken', () => {
    const { slots } = cache(2);
    const old = run(slots, [1, 2]);
    const recent = run(slots, [3, 4]);
    slots.putBack(old, 2);
    slots.putBack(recent, 2);
    expect(slots.take([7, 7], '')?.sequence).toBe(old.sequence);
  });

  const conversation = (name: number, length = 100) => Array.from({ length }, (_, index) => name * 1000 + index);

  test('what was copied while nobody asked is only dropped when somebody does', () => {
    const { slots, saved } = cache(2);
    const first = run(slots, conversation(1, 2000));
    expect(slots.copyFree()).toBe(false);
    slots.putBack(first, 2000);
    expect([slots.copyFree(), slots.copyFree(), slots.copyFree()]).toEqual([true, true, false]);
    expect(saved).toEqual([first.sequence, first.sequence]);
    const second = run(slots, conversation(2));
    expect(saved).toHaveLength(2);
    slots.putBack(second, 100);
    expect(slots.take([...conversation(1, 2000), 7], '')?.tokens).toEqual(conversation(1, 2000));
  });

  test('what came after the copy is copied too', () => {
    const { slots, saved } = cache(1);
    const first = run(slots, conversation(1));
    slots.putBack(first, 100);
    slots.copyFree();
    const again = run(slots, conversation(1, 200));
    slots.putBack(again, 200);
    expect([slots.copyFree(), slots.copyFree()]).toEqual([true, false]);
    expect(saved).toHaveLength(2);
  });

  test('another conversation finds the pool empty, and the first one comes back from memory', () => {
    const { slots, saved } = cache(2);
    const first = run(slots, conversation(1));
    slots.putBack(first, 100);
    const second = run(slots, conversation(2));
    expect(saved).toEqual([first.sequence]);
    expect(slots.usedCells).toBe(100);
    slots.putBack(second, 100);
    expect(slots.take([...conversation(1), 7], '')?.tokens).toEqual(conversation(1));
  });

  test('a slot taken over for its beginning leaves its rest in memory', () => {
    const { slots } = cache(1);
    slots.putBack(run(slots, conversation(1)), 100);
    const fork = slots.take([...conversation(1, 20), 5, 6], '');
    expect(fork?.tokens).toEqual(conversation(1, 20));
    if (fork !== undefined) slots.putBack(fork, 20);
    expect(slots.take([...conversation(1), 7], '')?.tokens).toEqual(conversation(1));
  });

  test('memory for prefixes is bounded, the oldest goes first', () => {
    const { slots } = cache(1, true, 2500);
    for (const name of [1, 2, 3, 4]) slots.putBack(run(slots, conversation(name)), 100);
    expect(slots.take([...conversation(1), 7], '')?.tokens).toEqual([]);
  });

  test('short leftovers are not worth a copy', () => {
    const { slots, saved } = cache(2);
    slots.putBack(run(slots, [1, 2, 3]), 3);
    run(slots, [4, 5]);
    expect(saved).toEqual([]);
  });

  test('busy slots are never taken', () => {
    const { slots } = cache(1);
    run(slots, [1]);
    expect(slots.take([1, 2], '')).toBeUndefined();
  });

  test('a memory that can’t be cut is emptied instead', () => {
    const { slots, cuts } = cache(1, false);
    const slot = run(slots, [1, 2, 3]);
    slots.putBack(slot, 3);
    expect(slots.take([1, 9], '')?.tokens).toEqual([]);
    expect(cuts).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  test('cells are reclaimed from free slots alone, oldest first, no more than needed', () => {
    const { slots } = cache(3);
    const [a, b, busy] = [run(slots, [1, 1, 1]), run(slots, [2, 2]), run(slots, [3, 3, 3, 3])];
    slots.putBack(a, 3);
    slots.putBack(b, 2);
    expect([slots.usedCells, slots.reclaimableCells]).toEqual([9, 5]);
    slots.reclaim(1);
    expect([a.tokens.length, b.tokens.length, busy.tokens.length]).toEqual([0, 2, 4]);
    slots.reclaim(100);
    expect([slots.usedCells, slots.reclaimableCells]).toEqual([4, 0]);
  });

  test('what a shifted sequence leaves is cut to the part that is still true', () => {
    const { slots } = cache(1);
    const slot = run(slots, [1, 2, 3, 4]);
    slots.putBack(slot, 2);
    expect(slots.usedCells).toBe(2);
  });

  describe('sharing', () => {
    const alike = (rest: number) => [...conversation(1, 60), rest, rest + 1];

    test('a running sequence gives its beginning to another, which counts once', () => {
      const { slots } = cache(3);
      const leader = run(slots, alike(1));
      const follower = run(slots, alike(5));
      expect([slots.usedCells, slots.busyCells, slots.reclaimableCells]).toEqual([64, 64, 0]);
      expect([slots.isSharedFrom(leader, 59), slots.isSharedFrom(leader, 60)]).toEqual([true, false]);
      slots.putBack(leader, 62);
      // What only the leader held could be had back; what they share could not.
      expect([slots.usedCells, slots.busyCells, slots.reclaimableCells]).toEqual([64, 62, 2]);
      slots.reclaim(Infinity);
      expect([slots.usedCells, slots.busyCells]).toEqual([62, 62]);
      expect([leader.tokens.length, follower.tokens.length]).toEqual([0, 62]);
      expect(slots.isSharedFrom(follower, 0)).toBe(false);
    });

    test('a follower takes over what has been computed since it began', () => {
      const { slots } = cache(2);
      const leader = slots.take(alike(1), '');
      const follower = slots.take(alike(5), '');
      if (leader === undefined || follower === undefined) throw new Error('no slot');
      leader.tokens.push(...alike(1));
      expect(follower.tokens).toEqual([]);
      slots.extend(follower, alike(5));
      expect(follower.tokens).toEqual(conversation(1, 60));
      expect(slots.usedCells).toBe(62);
    });

    test('cells of other adapters are not shared', () => {
      const { slots } = cache(2);
      run(slots, alike(1));
      expect(slots.take(alike(5), 'other')?.tokens).toEqual([]);
    });

    test('memory that can’t be cut is shared only as a whole', () => {
      const { slots } = cache(3, false);
      run(slots, conversation(1, 60));
      expect(slots.take(alike(5), '')?.tokens).toEqual(conversation(1, 60));
      expect(slots.take(conversation(1, 40), '')?.tokens).toEqual([]);
    });

    test('dropping the one that shares leaves the other its cells', () => {
      const { slots } = cache(2);
      const leader = run(slots, alike(1));
      slots.drop(run(slots, alike(5)));
      expect([leader.tokens.length, slots.usedCells]).toEqual([62, 62]);
      expect(slots.isSharedFrom(leader, 0)).toBe(false);
    });

    test('what shared cells held is found again after all have left', () => {
      const { slots } = cache(2);
      const both = [run(slots, alike(1)), run(slots, alike(5))];
      for (const slot of both) slots.putBack(slot, 62);
      slots.drop(run(slots, [7]));
      expect(slots.usedCells).toBe(0);
      expect(slots.take(alike(8), '')?.tokens).toEqual(conversation(1, 60));
    });
  });
});
