/**
 * Memory that would be free if a process were not there: the private pages of /proc/PID/smaps_rollup. Pages of the weights' file that
 * only this process maps count, as weights that were read into memory do, so both ways to load a model compare fairly.
 */
import { readFileSync } from 'node:fs';
import { descendants } from './process-table.ts';

/** The `Private_*` lines of a smaps_rollup text, in bytes. Throws if there are none. */
export function parsePrivateBytes(text: string): number {
  const kibibytes = [...text.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].map((match) => Number(match[1]));
  if (kibibytes.length === 0) throw new Error('the memory figures of a process have no private lines');
  return kibibytes.reduce((sum, value) => sum + value, 0) * 1024;
}

/** Of a server and everything it started. */
export function privateBytesOfTree(pid: number): number {
  const pids = [pid, ...descendants(pid).map((entry) => entry.pid)];
  return pids.reduce((sum, each) => sum + parsePrivateBytes(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8')), 0);
}
