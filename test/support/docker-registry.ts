/** Debian's `docker-registry` as a process on loopback, where it is installed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface RealProgram {
  readonly port: number;
  readonly folder: string;
  /** SIGKILL, without cleaning up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Where a program lies on the PATH; empty where it doesn't. */
export function programPath(name: string): readonly string[] {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .filter((path) => isExecutable(path))
    .slice(0, 1);
}

/** `users` are the contents of an htpasswd file. */
export async function startDockerRegistry(path: string, users?: string): Promise<RealProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'corral-registry-'));
  const port = await freePort();
  const usersFile = join(folder, 'htpasswd');
  if (users !== undefined) await writeFile(usersFile, users);
  const settings = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    ...(users !== undefined && { auth: { htpasswd: { realm: 'test', path: usersFile } } }),
  };
  // JSON is YAML.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(settings));
  const child = spawn(path, ['serve', join(folder, 'config.yml')], { stdio: 'ignore', env: {} });
  return await started(child, folder, port, '/v2/');
}

async function started(child: ChildProcess, folder: string, port: number, path: string): Promise<RealProgram> {
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  await until('the program answers', async () => {
    if (child.exitCode !== null) throw new Error('the program ended');
    return await fetch(`http://127.0.0.1:${port}${path}`).then(
      () => true,
      () => false,
    );
  });
  return {
    port,
    folder,
    kill,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
