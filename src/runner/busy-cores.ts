/** How many others want a core at this moment, as Linux tells it. */
import { openSync, readSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** "0.52 0.58 0.59 3/512 4711": of 512 threads 3 can run now. */
const runnable = /^(?:[\d.]+ ){3}(\d+)\//;

/**
 * A function that returns the number of threads of the machine that run or could run, the caller's not counted. It takes some microseconds. Undefined
 * where the system does not tell, and where this process may use only some of the cores: the others' threads are not in its way then.
 */
export function watchBusyCores(): (() => number | undefined) | undefined {
  if (availableParallelism() !== cpus().length) return undefined;
  let file: number;
  try {
    file = openSync('/proc/loadavg', 'r');
  } catch {
    return undefined;
  }
  const text = Buffer.alloc(128);
  return () => {
    const length = readSync(file, text, 0, text.length, 0);
    return runnableOthers(text.toString('latin1', 0, length));
  };
}

/** From the text of /proc/loadavg. */
export function runnableOthers(loadavg: string): number | undefined {
  const [, count] = runnable.exec(loadavg) ?? [];
  return count === undefined ? undefined : Math.max(0, Number(count) - 1);
}
