/** Ends processes that this benchmark started, politely first, and makes sure that nothing they started stays. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, stillRuns, type ProcessEntry } from './process-table.ts';

/** A server needs a moment to end its runners; one that takes longer is stuck. */
const graceMs = 5000;
const pollMs = 5;

/** Resolves when `child` and all its descendants are gone. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return; // it never started
  const family = descendants(child.pid);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  if (!ended()) child.kill('SIGTERM');
  for (const deadline = Date.now() + graceMs; !ended() && Date.now() < deadline;) await sleep(pollMs);
  if (!ended()) child.kill('SIGKILL');
  while (!ended()) await sleep(pollMs);
  await endProcesses(family);
}

/** The same for processes that are not our children. */
export async function endProcesses(entries: readonly ProcessEntry[]): Promise<void> {
  const left = () => entries.filter((entry) => stillRuns(entry));
  for (const entry of left()) signalProcess(entry, 'SIGTERM');
  for (const deadline = Date.now() + graceMs; left().length > 0 && Date.now() < deadline;) await sleep(pollMs);
  for (const entry of left()) signalProcess(entry, 'SIGKILL');
  // Not for ever: a process that waits for a broken disk cannot be ended by anybody.
  for (const deadline = Date.now() + graceMs; left().length > 0 && Date.now() < deadline;) await sleep(pollMs);
}

function signalProcess(entry: ProcessEntry, signal: NodeJS.Signals): void {
  try {
    process.kill(entry.pid, signal);
  } catch {
    // It ended between the look and the signal, which is what we want.
  }
}
