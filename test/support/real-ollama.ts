/** Real Ollama, where the tester has it: in the folder CORRAL_TEST_PEERS, else in `../shared/peers` beside the project. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Scope } from '../../bench/processes/scope.ts';
import { usablePeersFolder } from '../../bench/contestants/usable-peers-folder.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface OllamaServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** undefined where there is none. */
export function peersFolder(): string | undefined {
  const beside = fileURLToPath(new URL('../../../shared/peers', import.meta.url));
  const folder = process.env['CORRAL_TEST_PEERS'] ?? beside;
  return existsSync(path.join(folder, 'bin/ollama')) ? folder : undefined;
}

/** Its server on a free loopback port, on a store that may be another's too. */
export async function startOllama(folder: string, modelsDir: string): Promise<OllamaServer> {
  const scope = new Scope();
  const peers = await usablePeersFolder(folder, scope);
  const home = await mkdtemp(path.join(tmpdir(), 'corral-ollama-'));
  scope.defer(() => rm(home, { recursive: true, force: true }));
  const port = await freePort();
  const child = spawn(path.join(peers, 'bin/ollama'), ['serve'], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      OLLAMA_HOST: `127.0.0.1:${port}`,
      OLLAMA_MODELS: modelsDir,
      OLLAMA_NO_CLOUD: '1',
      LD_LIBRARY_PATH: path.join(peers, 'lib/ollama'),
    },
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Should the tests themselves be broken off, nothing stays behind.
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  scope.defer(async () => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', killNow);
  });
  const url = `http://127.0.0.1:${port}`;
  await until('Ollama answers', async () => {
    try {
      return (await fetch(`${url}/api/version`)).ok;
    } catch {
      return false; // not listening yet
    }
  });
  return { url, stop: () => scope.close() };
}
