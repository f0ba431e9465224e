/** What Linux tells about processes: who descends from whom, what they hold and which sockets they have. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A file that vanishes while it is looked at belongs to a process that has ended. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly cpuTicks: number;
}

function statOf(pid: number): Stat | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The name in brackets may hold anything, also brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) };
}

/** Whether a process still runs; one that only waits for its parent to notice its end does not. */
export function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

/** Processor time used so far, in milliseconds (Linux counts in hundredths of a second). */
export function cpuMs(pid: number): number {
  return (statOf(pid)?.cpuTicks ?? 0) * 10;
}

/** Running processes below `pid`, in any generation. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat !== undefined && stat.state !== 'Z') parents.set(Number(name), stat.parent);
  }
  const isBelow = (child: number): boolean => {
    const parent = parents.get(child);
    return parent !== undefined && (parent === pid || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

function kilobytes(path: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readOrEmpty(path))?.[1] ?? 0);
}

/** Memory that a process and its descendants have for themselves; a mapped model file is not among it. */
export function anonymousBytes(pid: number): number {
  const all = [pid, ...descendants(pid)];
  return all.reduce((sum, one) => sum + kilobytes(`/proc/${one}/smaps_rollup`, 'Anonymous') * 1024, 0);
}

/** The most physical memory that the process has held at any time. */
export function peakBytes(pid: number): number {
  return kilobytes(`/proc/${pid}/status`, 'VmHWM') * 1024;
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ''; // closed meanwhile
      }
    });
  } catch {
    return []; // ended meanwhile
  }
}

export function openFileCount(pid: number): number {
  return openFiles(pid).length;
}

/** Addresses at both ends (`local -> remote`) of every internet socket that the processes have. */
export function internetSockets(pids: readonly number[]): string[] {
  return pids.flatMap((pid) => {
    const inodes = new Set(openFiles(pid).map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
    return ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'].flatMap((table) =>
      readOrEmpty(`/proc/${pid}/net/${table}`)
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , , , , , , , inode]) => inode !== undefined && inodes.has(inode))
        .map((fields) => `${table} ${address(fields[1] ?? '')} -> ${address(fields[2] ?? '')}`),
    );
  });
}

/** From the kernel's hexadecimal 32-bit words, each in the machine's little-endian order. */
function address(hexadecimal: string): string {
  const [words = '', port = ''] = hexadecimal.split(':');
  const bytes = Buffer.from(words, 'hex');
  bytes.swap32();
  const text =
    bytes.length === 4
      ? [...bytes].join('.')
      : `[${(bytes.toString('hex').match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}]`;
  return `${text}:${Number.parseInt(port, 16)}`;
}
