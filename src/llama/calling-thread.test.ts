import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { openCallingThread } from './calling-thread.ts';

const statusFile = '/proc/thread-self/status';

/** The calling thread's, in Linux's words. */
function allowedCores(): string | undefined {
  if (!existsSync(statusFile)) return undefined;
  return /^Cpus_allowed:\s*(.*)$/m.exec(readFileSync(statusFile, 'latin1'))?.[1];
}

it('leaves the core it runs on where it has another, and may run on it again', () => {
  const thread = openCallingThread();
  const before = allowedCores();
  const moves = Array.from({ length: 20 }, () => {
    const core = thread?.core();
    thread?.leave(core === undefined ? [] : [core]);
    return thread?.core() !== core;
  });
  // The system may move it back at any time, but not most times.
  const movesMostly = moves.filter(Boolean).length > 10;
  expect(movesMostly).toBe(process.platform === 'linux' && availableParallelism() > 1);
  expect(allowedCores()).toBe(before);
});

it('stays where it has no other core', () => {
  const thread = openCallingThread();
  const before = allowedCores();
  thread?.leave(Array.from({ length: 1024 }, (_, core) => core));
  expect(allowedCores()).toBe(before);
});
