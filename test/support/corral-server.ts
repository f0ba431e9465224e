/**
 * The built server as its users run it: a process of its own on a free loopback port, with an empty home that it fills with the
 * starter models itself. Nothing of the tester's own settings reaches it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { descendants } from './process-facts.ts';
import { until } from './until.ts';

export const chatModel = 'smollm2:135m';
export const embeddingModel = 'all-minilm';

const program = fileURLToPath(new URL('../../bin/corral.js', import.meta.url));
/** Test files run beside each other; with several threads each, all would wait for the one that has no processor. */
const oneThread = { CORRAL_THREADS: '1' };

const keptLogCharacters = 200_000;

export interface CorralServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly modelsDir: string;
  /** Settles when the process has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  hasEnded(): boolean;
  /** What it has printed lately. */
  log(): string;
  /** Processes that it has started: its runners. */
  runners(): number[];
  kill(signal: NodeJS.Signals): void;
  /** Ends it and removes its home. */
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers. `environment` is added to a minimal one. */
export async function startCorral(environment: Readonly<Record<string, string>> = {}): Promise<CorralServer> {
  const home = mkdtempSync(path.join(tmpdir(), 'corral-server-'));
  const port = await freePort();
  const modelsDir = path.join(home, '.ollama', 'models');
  const child = spawn(process.execPath, [program, 'serve'], {
    env: {
      ...inherited(),
      HOME: home,
      OLLAMA_HOST: `127.0.0.1:${port}`,
      OLLAMA_MODELS: modelsDir,
      ...oneThread,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = describe(child, home, port, modelsDir);
  try {
    await until('the server answers', async () => {
      if (server.hasEnded()) throw new Error('the server ended');
      return await isUp(server.url);
    });
  } catch (cause) {
    const log = server.log();
    await server.stop();
    throw new Error(`the server did not start:\n${log}`, { cause });
  }
  return server;
}

function describe(child: ChildProcess, home: string, port: number, modelsDir: string): CorralServer {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-keptLogCharacters);
    });
  }
  let hasEnded = false;
  const ended: CorralServer['ended'] = new Promise((resolve) => {
    child.once('error', (error) => {
      hasEnded = true;
      log += String(error);
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => {
      hasEnded = true;
      resolve({ code, signal });
    });
  });
  // Should the tests themselves be broken off, nothing stays behind.
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const pid = child.pid ?? -1;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid,
    modelsDir,
    ended,
    hasEnded: () => hasEnded,
    log: () => log,
    runners: () => descendants(pid),
    kill: (signal) => void child.kill(signal),
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(killNow, 10_000);
      await ended;
      clearTimeout(timer);
      process.off('exit', killNow);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function inherited(): Record<string, string | undefined> {
  const settings = /^(?:OLLAMA|CORRAL|LLAMA|GGML|NODE|VITEST)_|^(?:https?|all|no)_proxy$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)));
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/version`)).ok;
  } catch {
    return false; // not listening yet
  }
}
