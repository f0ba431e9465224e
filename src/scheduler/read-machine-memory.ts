/** The machine's memory as this process may use it: a container's limit counts, not the host behind it. */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { MachineMemory } from './memory-room.ts';

export function readMachineMemory(): MachineMemory {
  // 0, or a number beyond the machine, when no limit is set.
  const limitBytes = process.constrainedMemory();
  const totalBytes = totalmem();
  if (limitBytes === 0 || limitBytes >= totalBytes) return { totalBytes, freeBytes: freemem() };
  // Node counts the control group's file cache as used, and reading a model file fills that cache to the limit.
  const freeBytes = process.availableMemory() + reclaimableCacheBytes();
  return { totalBytes: limitBytes, freeBytes: Math.min(freeBytes, limitBytes, freemem()) };
}

function reclaimableCacheBytes(): number {
  try {
    const group = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    return fileCacheBytes(readFileSync(path.join('/sys/fs/cgroup', group, 'memory.stat'), 'utf8'));
  } catch {
    // No Linux, or control groups of version 1: without this number less seems free than is, which errs on the safe side.
    return 0;
  }
}

/** Bytes of file cache that the kernel can take back, from the text of a control group's `memory.stat`. */
export function fileCacheBytes(memoryStat: string): number {
  const counts = memoryStat.matchAll(/^(?:in)?active_file (\d+)$/gm);
  return [...counts].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
