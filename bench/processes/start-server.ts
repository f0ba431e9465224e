import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild } from './end-process.ts';
import { OutputTail } from './output-tail.ts';
import type { Scope } from './scope.ts';

export interface ServerStart {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Answers 200 once the server can be used. */
  readonly readyUrl: string;
}

export interface StartedServer {
  readonly pid: number;
  stop(): Promise<void>;
}

/** A start that takes longer than this, on however busy a machine, has failed. */
const startTimeoutMs = 60_000;
const pollMs = 5;

/** Starts a server, waits until it answers and ends it with the scope. Throws with the server's last words if it does not come up. */
export async function startServer(start: ServerStart, scope: Scope, signal: AbortSignal): Promise<StartedServer> {
  const [program = '', ...args] = start.command;
  signal.throwIfAborted();
  const child = spawn(program, args, { env: start.environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => endChild(child);
  scope.defer(stop);
  const stdout = new OutputTail(child.stdout);
  const stderr = new OutputTail(child.stderr);
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signalName) => (failure ??= `ended with ${signalName ?? `code ${code}`}`));

  for (const deadline = Date.now() + startTimeoutMs; ; await sleep(pollMs, undefined, { signal })) {
    if (Date.now() > deadline) failure ??= `did not answer within ${startTimeoutMs} ms`;
    if (failure !== undefined) throw new Error(`${start.name} ${failure}: ${stderr.lastWords || stdout.lastWords}`);
    if (child.pid !== undefined && (await answers(start.readyUrl, signal))) return { pid: child.pid, stop };
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const reply = await fetch(url, { signal });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    signal.throwIfAborted();
    return false; // nobody listens yet
  }
}
