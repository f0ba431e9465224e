/** Numbers of threads that may be the fastest on this machine, the likeliest first. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** `physical`: one per physical core (cpu-threads.ts); besides that one per fast core where some are slower, and one per thread of the processor. */
export function threadChoices(physical: number): number[] {
  return distinctChoices(physical, coresInList(fastCores()), availableParallelism());
}

/** `allowed`: more are never used, whatever the machine has. */
export function distinctChoices(physical: number, fast: number, allowed: number): number[] {
  return [...new Set([physical, fast, allowed])].filter((threads) => threads > 0 && threads <= allowed);
}

/** How many a list like `0-7,12` names. */
export function coresInList(list: string): number {
  let cores = 0;
  for (const range of list.trim().split(',')) {
    const [from, to] = range.split('-').map(Number);
    if (from === undefined || Number.isNaN(from) || range === '') continue;
    cores += (to ?? from) - from + 1;
  }
  return cores;
}

/** Linux on processors with two kinds of cores lists the fast ones' hardware threads here. */
function fastCores(): string {
  try {
    return readFileSync('/sys/devices/cpu_core/cpus', 'utf8');
  } catch {
    return '';
  }
}
