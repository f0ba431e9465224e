/** Quantising in a child process: native code that reads a stranger's file has no business in the server. */
import { fork, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { canceled } from '../core/canceled.ts';
import { CorralError } from '../core/corral-error.ts';
import { readLines } from '../core/line-reader.ts';
import type { Logger } from '../core/logger.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { preferAsVictim } from './prefer-as-victim.ts';
import type { Quantise, QuantiseOptions, QuantiseRequest } from './quantiser.ts';
import { runnerEnvironment } from './runner-environment.ts';

export interface QuantiseProcessOptions {
  readonly logger: Logger;
  readonly libraryDir: string | undefined;
  readonly threads: number;
  /** The child's program; the built one beside this file unless a test says otherwise. */
  readonly program?: string;
}

const quantiseProgram = fileURLToPath(new URL('../runner/quantise-main.js', import.meta.url));

/** One at a time: a quantiser uses all cores, and two would only wait for one another. */
export function createQuantiser(processOptions: QuantiseProcessOptions): Quantise {
  const inTurn = oneAtATime();
  return async (request, options) => {
    const { signal } = options;
    let begun = false;
    let giveUp = () => {};
    const givenUp = new Promise<never>((_, reject) => {
      // Once begun, the child's end is what the caller waits for.
      giveUp = () => (begun ? undefined : reject(canceled()));
    });
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    const run = inTurn(() => {
      begun = true;
      return quantise(request, options, processOptions);
    });
    try {
      await Promise.race([run, givenUp]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  };
}

async function quantise(
  request: QuantiseRequest,
  { signal, onProgress }: QuantiseOptions,
  { logger, libraryDir, threads, program = quantiseProgram }: QuantiseProcessOptions,
): Promise<void> {
  if (signal.aborted) throw canceled();
  const child = fork(program, [], {
    env: runnerEnvironment(process.env, libraryDir, {}),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  });
  preferAsVictim(child.pid);
  // Any time: what it leaves is a file that nobody knows.
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let complaint: string | undefined;
  try {
    const ended = ending(child);
    child.send({ ...request, threads }, () => {});
    if (child.stderr !== null) {
      for await (const line of readLines(child.stderr)) {
        logger.debug(line, { from: 'quantiser' });
        const fraction = progressIn(line);
        if (fraction !== undefined) onProgress(fraction);
        complaint = complaintIn(line) ?? complaint;
      }
    }
    const how = await ended;
    if (how === 'done') return;
    throw signal.aborted ? canceled() : failed(how, complaint, request);
  } catch (thrown) {
    kill();
    await rm(request.targetPath, { force: true });
    throw thrown;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** `done`, or how else the child ended. */
function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? 'done' : (signal ?? `code ${code ?? 0}`)));
  });
}

/** `[  42/ 272] blk.3.attn_k.weight - ...`, written when that tensor is done. */
function progressIn(line: string): number | undefined {
  const [, done, all] = /^\[\s*(\d+)\/\s*(\d+)\]/.exec(line) ?? [];
  return done === undefined || all === undefined ? undefined : Number(done) / Number(all);
}

function complaintIn(line: string): string | undefined {
  return /failed to quantize: (.*)/.exec(line)?.[1];
}

function failed(how: string, complaint: string | undefined, { sourcePath, targetPath }: QuantiseRequest): CorralError {
  const reason = (complaint ?? how).replaceAll(sourcePath, 'the model').replaceAll(targetPath, 'the new file');
  return new CorralError('runner_failed', `the model could not be quantised: ${reason}`, {
    hint: 'The log of the server (OLLAMA_DEBUG=1) has the engine’s own words.',
  });
}
