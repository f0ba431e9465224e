/**
 * What a process holds, from /proc/PID/smaps_rollup. Private memory is what would be free if it were not there. Pages of the weights' file that
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

/** Resident memory, shared pages included. Throws if the text does not say. */
export function parseResidentBytes(text: string): number {
  return readKibibytes(text, 'Rss') * 1024;
}

/** Resident memory, of a page that several processes share its part. Throws if the text does not say. */
export function parseProportionalBytes(text: string): number {
  return readKibibytes(text, 'Pss') * 1024;
}

export function residentBytes(pid: number): number {
  return parseResidentBytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
}

export function proportionalBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + parseProportionalBytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')), 0);
}

function readKibibytes(text: string, name: string): number {
  const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
  if (kibibytes === undefined) throw new Error(`the memory figures of a process have no line ${name}`);
  return Number(kibibytes);
}
