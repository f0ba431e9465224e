import { spawn } from 'node:child_process';
import { endChild } from './end-process.ts';
import { OutputTail } from './output-tail.ts';

export interface ProgramOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** After this the program is ended and counts as failed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Runs a program to its end and returns the end of what it wrote, standard output first. Throws with the end of its output if it fails. */
export async function runProgram(command: readonly string[], options: ProgramOptions): Promise<string> {
  const [program = '', ...args] = command;
  options.signal.throwIfAborted();
  const child = spawn(program, args, {
    env: options.environment ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = new OutputTail(child.stdout);
  const stderr = new OutputTail(child.stderr);
  let reason = '';
  const end = (why: string) => {
    reason = why;
    void endChild(child);
  };
  const onAbort = () => end('was interrupted');
  options.signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => end(`took longer than ${options.timeoutMs} ms`), options.timeoutMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0)
      throw new Error(`${reason === '' ? `ended with code ${code}` : reason}: ${stderr.text || stdout.text}`.trim());
    return stdout.text + stderr.text;
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
  }
}
