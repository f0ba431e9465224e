/**
 * Moves the thread that runs the steps off a core that one of the engine's workers is about to wake up on. The system wakes a worker where it
 * last ran, and on few cores it does not look for another one even if that core is this thread's own, onto which the server's message has pulled
 * it. The two then take turns at every barrier until the system next balances, with a core idle beside them: a question of 15 tokens took 45 to
 * 50 ms in half of all cases, and 35 otherwise.
 */
import { readFileSync } from 'node:fs';
import type { CallingThread } from '../llama/calling-thread.ts';

/** `workers` are the system's numbers of threads of this process. Takes some microseconds for each. */
export function standApart(
  thread: CallingThread,
  workers: readonly number[],
  coreOfWorker: (worker: number) => number | undefined = lastCore,
): void {
  const taken = new Set(workers.map(coreOfWorker).filter((core) => core !== undefined));
  if (taken.has(thread.core())) thread.leave(taken);
}

function lastCore(worker: number): number | undefined {
  try {
    return coreOf(readFileSync(`/proc/self/task/${worker}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Where a thread runs or last ran, from the text of its `stat`: the 39th field. The second is a name in parentheses and may hold anything. */
export function coreOf(stat: string): number | undefined {
  const behindName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const core = behindName[36];
  return core === undefined ? undefined : Number(core);
}
