/**
 * Threads to compute with: one per physical core that this process may use. Two threads on one core share its vector units,
 * and a thread more than there are cores makes all others wait for it at every step.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** At least 1. Affinity and the container's quota count, not just the machine. */
export function computeThreads(): number {
  const allowed = availableParallelism();
  const cores = process.platform === 'linux' ? physicalCores(readText('/proc/cpuinfo')) : undefined;
  const quota = containerQuota(readText('/sys/fs/cgroup/cpu.max'));
  return Math.max(1, Math.min(cores ?? allowed, allowed, quota ?? allowed));
}

/** Physical cores in the text of /proc/cpuinfo; undefined where it does not tell (ARM). */
export function physicalCores(cpuinfo: string): number | undefined {
  const cores = new Set<string>();
  for (const block of cpuinfo.split('\n\n')) {
    const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
    const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1];
    if (core !== undefined && socket !== undefined) cores.add(`${socket}:${core}`);
  }
  return cores.size > 0 ? cores.size : undefined;
}

/** Whole CPUs of a control group's `cpu.max` (version 2: `max 100000` or `<quota> <period>` in microseconds). */
export function containerQuota(cpuMax: string): number | undefined {
  const [quota, period] = cpuMax.trim().split(' ').map(Number);
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return undefined;
  return Math.max(1, Math.floor(quota / period));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not there on this system: the caller has another source
  }
}
