/**
 * Starts a server that outlives the command which needed it: detached, its output in a log file of its own.
 *
 * Two commands may do this at once. Both servers then bind the same port, one fails and exits, and both commands find the
 * winner listening: so "somebody listens" is the success, and a child's exit is a failure only when nobody does.
 */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostAddress } from '../config/settings.ts';
import { CorralError } from '../core/corral-error.ts';
import type { BackgroundServer } from './command-line-host.ts';

export interface BackgroundServerOptions {
  /** The program and its first arguments; `serve --exit-when-idle` is added. */
  readonly command: readonly [string, ...string[]];
  readonly host: HostAddress;
  /** The log goes into its `logs` folder. */
  readonly homeDir: string;
  readonly signal: AbortSignal;
}

/** A log that has grown beyond this starts anew; a server logs some hundred bytes per model load. */
const maxLogBytes = 4 * 1024 * 1024;
/** Nobody waits longer for a port; a start takes well under a second, even on a busy machine a few. */
const startTimeoutMs = 60_000;
const pollMs = 4;
/** How long after its own child's end another command's server may take from binding to listening. */
const winnerGraceMs = 500;

/** Resolves once a server listens on `host`. Throws CorralError `server_unreachable` with the log's last error. */
export async function startBackgroundServer(options: BackgroundServerOptions): Promise<BackgroundServer> {
  const logFile = path.join(options.homeDir, 'logs', 'background-server.log');
  const log = openLog(logFile);
  const [program, ...firstArguments] = options.command;
  const child = spawn(program, [...firstArguments, 'serve', '--exit-when-idle'], {
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
    windowsHide: true,
  });
  closeSync(log.descriptor);
  let ended: string | undefined;
  child.once('exit', (code, signal) => (ended = signal === null ? `exit code ${code}` : `signal ${signal}`));
  child.once('error', (error) => (ended = error.message));
  child.unref();

  let deadline = Date.now() + startTimeoutMs;
  while (!(await listens(options.host))) {
    if (ended !== undefined) deadline = Math.min(deadline, Date.now() + winnerGraceMs);
    if (Date.now() > deadline) throw startError(ended, logFile, log.startBytes);
    await sleep(pollMs, undefined, { signal: options.signal });
  }
  return { logFile };
}

interface OpenLog {
  readonly descriptor: number;
  /** Where this start's lines begin. */
  readonly startBytes: number;
}

function openLog(logFile: string): OpenLog {
  try {
    mkdirSync(path.dirname(logFile), { recursive: true, mode: 0o700 });
    const descriptor = openSync(logFile, 'a', 0o600);
    let startBytes = fstatSync(descriptor).size;
    if (startBytes > maxLogBytes) {
      ftruncateSync(descriptor);
      startBytes = 0;
    }
    return { descriptor, startBytes };
  } catch (cause) {
    throw new CorralError('store_write', `could not write the background server's log file ${logFile}`, {
      cause,
      hint: "Make that folder writable, or start a server yourself with 'corral serve'.",
    });
  }
}

/** Only whether the port answers: the request that follows tells whether it is a server of the right kind. */
async function listens(host: HostAddress): Promise<boolean> {
  return await new Promise<boolean>((resolve) => {
    const socket = net.connect({ host: host.hostname, port: host.port });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function startError(ended: string | undefined, logFile: string, startBytes: number): CorralError {
  const reason = lastError(logFile, startBytes);
  const what = ended === undefined ? 'does not listen' : `ended (${ended})`;
  return new CorralError('server_unreachable', `the background server ${what}${reason === '' ? '' : `: ${reason}`}`, {
    hint: `Its log file is ${logFile}`,
  });
}

/** The last line that names an error, else the last line, of what was logged since `startBytes`. */
function lastError(logFile: string, startBytes: number): string {
  try {
    const lines = readFileSync(logFile).subarray(startBytes).toString('utf8').split('\n');
    const told = lines.map((line) => line.trim()).filter((line) => line !== '');
    return (told.findLast((line) => /^Error:|level=ERROR/.test(line)) ?? told.at(-1) ?? '').replace(/^Error: /, '');
  } catch {
    // The reason is a courtesy; the log file's name is in the hint anyway.
    return '';
  }
}
