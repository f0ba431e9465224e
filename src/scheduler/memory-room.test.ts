import { expect, test } from 'vitest';
import { memoryRoom } from './memory-room.ts';
import { fileCacheBytes, readMachineMemory } from './read-machine-memory.ts';

test.each([
  ['the machine alone', 0, 100, 60, 0, { totalBytes: 100, freeBytes: 60, emptyBytes: 60 }],
  ['loaded models come back when unloaded', 0, 100, 60, 20, { totalBytes: 100, freeBytes: 60, emptyBytes: 80 }],
  [
    'what models hold is not free, even if it looks so',
    0,
    100,
    90,
    30,
    { totalBytes: 100, freeBytes: 70, emptyBytes: 100 },
  ],
  ['more held than there is', 0, 100, 10, 130, { totalBytes: 100, freeBytes: 0, emptyBytes: 100 }],
  ['a limit is taken at its word', 50, 100, 10, 20, { totalBytes: 50, freeBytes: 30, emptyBytes: 50 }],
  ['a limit that is used up', 50, 100, 90, 60, { totalBytes: 50, freeBytes: 0, emptyBytes: 50 }],
])('%s', (_name, limitBytes, totalBytes, freeBytes, heldBytes, room) => {
  expect(memoryRoom(limitBytes, { totalBytes, freeBytes }, heldBytes)).toEqual(room);
});

test('the machine has some memory, and no more free than it has', () => {
  const { totalBytes, freeBytes } = readMachineMemory();
  expect(freeBytes).toBeGreaterThan(0);
  expect(freeBytes).toBeLessThanOrEqual(totalBytes);
});

test('the file cache of a control group is what is active and inactive of it', () => {
  const stat = 'anon 900\nfile 700\nshmem 50\ninactive_anon 800\nactive_anon 100\ninactive_file 400\nactive_file 250\n';
  expect(fileCacheBytes(stat)).toBe(650);
  expect(fileCacheBytes('')).toBe(0);
});
