/** How long a command takes to show something: from its start to the first visible character on its standard output. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { endChild } from '../processes/end-process.ts';
import { OutputTail } from '../processes/output-tail.ts';

/** A cold start takes a second or two; this much means that no answer comes. */
const timeoutMs = 120_000;

/** Cursor movements and colours are not text. */
export function hasVisibleText(output: string): boolean {
  return /\S/.test(stripVTControlCharacters(output));
}

/** Milliseconds. The command is ended as soon as it has shown something. Throws if it ends before, with its last words. */
export async function timeToFirstText(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const [program = '', ...args] = command;
  signal.throwIfAborted();
  const startedMs = performance.now();
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const stderr = new OutputTail(child.stderr);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await new Promise<number>((resolve, reject) => {
      let output = '';
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (text: string) => {
        output += text;
        if (hasVisibleText(output)) resolve(performance.now() - startedMs);
      });
      child.once('error', reject);
      child.once('close', (code) =>
        reject(new Error(`the command ended with code ${code} and no text: ${stderr.lastWords}`)),
      );
      limit.addEventListener('abort', () => reject(new Error(`no text within ${timeoutMs} ms: ${stderr.lastWords}`)));
    });
  } finally {
    await endChild(child);
  }
}
