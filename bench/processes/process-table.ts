/**
 * Who runs, from Linux's /proc. Elsewhere the answers are empty: the benchmark then relies on servers that end their children
 * themselves, and leaves out what needs /proc.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  /** Kernel ticks since boot: pid and start together name one process for ever, a pid alone may be reused. */
  readonly startTicks: string;
  readonly state: string;
}

export const hasProcessTable = process.platform === 'linux';

/** `/proc/PID/stat`. The name in brackets may itself hold spaces and brackets, so fields count from the last one. */
export function parseProcessStat(pid: number, text: string): ProcessEntry | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid] = fields;
  const startTicks = fields[19];
  if (state === undefined || parentPid === undefined || startTicks === undefined) return undefined;
  return { pid, parentPid: Number(parentPid), startTicks, state };
}

function readProcess(pid: number): ProcessEntry | undefined {
  try {
    return parseProcessStat(pid, readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined; // it has ended
  }
}

function allProcesses(): readonly ProcessEntry[] {
  if (!hasProcessTable) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((entry) => entry !== undefined);
}

/** Children of `pid`, their children, and so on. */
export function descendants(pid: number): readonly ProcessEntry[] {
  const all = allProcesses();
  const found: ProcessEntry[] = [];
  let generation = [pid];
  while (generation.length > 0) {
    const parents = new Set(generation);
    const children = all.filter((entry) => parents.has(entry.parentPid));
    found.push(...children);
    generation = children.map((entry) => entry.pid);
  }
  return found;
}

/** Processes whose environment says `HOME=home`: with a temporary home these are exactly the ones that were started with it. */
export function processesAtHome(home: string): readonly ProcessEntry[] {
  return allProcesses().filter((entry) => {
    try {
      return readFileSync(`/proc/${entry.pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`);
    } catch {
      return false; // another user's, or ended meanwhile: not ours
    }
  });
}

/** Whether this very process still runs; one that only waits to be reaped does not. */
export function stillRuns(entry: ProcessEntry): boolean {
  const now = readProcess(entry.pid);
  return now !== undefined && now.startTicks === entry.startTicks && now.state !== 'Z';
}
