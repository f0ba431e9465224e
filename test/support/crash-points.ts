/**
 * Kills a program at every step of its file work (see `fixtures/crash-hook.mjs`) and lets the caller look at what it left. The program needs
 * no hook of its own, and prints nothing.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const hook = new URL('../fixtures/crash-hook.mjs', import.meta.url).href;

export interface CrashedProgram {
  /** Name of a file under `test/fixtures`. */
  readonly fixture: string;
  readonly args: readonly string[];
}

/** Lets the program come to its end; the number of its steps. */
export async function countSteps(program: CrashedProgram): Promise<number> {
  return Number(await runUntil(program, 0));
}

/** Throws when the program ends in any other way than killed at `step`. */
export async function crashAt(step: number, program: CrashedProgram): Promise<void> {
  try {
    await runUntil(program, step);
  } catch (error) {
    if (error instanceof Error && 'signal' in error && error.signal === 'SIGKILL') return;
    throw error;
  }
  throw new Error(`the program ended before step ${step}`);
}

export interface CrashPoints {
  readonly steps: number;
  /** Every so many-th step is tried. */
  readonly stride?: number;
  /** Tried at the same moment; the trials must not share a folder. */
  readonly atOnce?: number;
}

/** Calls `trial` for each step; what its errors say, each with its step. None = all is well. */
export async function faultsOfSteps(
  { steps, stride = 1, atOnce = 2 }: CrashPoints,
  trial: (step: number) => Promise<void>,
): Promise<string[]> {
  const faults: string[] = [];
  let next = 1;
  const work = async () => {
    while (next <= steps) {
      const step = next;
      next += stride;
      try {
        await trial(step);
      } catch (error) {
        faults.push(`step ${step} of ${steps}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return faults;
}

async function runUntil({ fixture, args }: CrashedProgram, step: number): Promise<string> {
  const file = fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
  const env = { ...process.env, CRASH_AT: String(step) };
  const { stdout } = await run(process.execPath, ['--import', hook, file, ...args], { env });
  return stdout;
}
