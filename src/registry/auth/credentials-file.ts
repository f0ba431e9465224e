/**
 * Names and passwords for registries, as `corral login` stores them: `corral/credentials.json` in the user's `.ollama` folder, readable by
 * that user alone. Read anew each time, since a login may come from another process.
 */
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CorralError } from '../../core/corral-error.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface CredentialsFile {
  /** Of a registry, by host and port; undefined when there are none. Throws `registry_denied` for a file that can't be read. */
  find(host: string): Promise<Credentials | undefined>;
  store(host: string, credentials: Credentials): Promise<void>;
  /** false when there were none. */
  remove(host: string): Promise<boolean>;
}

const fileSchema = z.object({
  hosts: z.record(z.string(), z.object({ username: z.string(), password: z.string() })),
});

type Hosts = Readonly<Record<string, Credentials>>;

export function openCredentialsFile(homeDir: string): CredentialsFile {
  const folder = join(homeDir, 'corral');
  const path = join(folder, 'credentials.json');
  let writing: Promise<unknown> = Promise.resolve();

  async function read(): Promise<Hosts> {
    try {
      return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).hosts;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      // Neither the parser's nor the schema's text: both may quote a password.
      throw unusable('read');
    }
  }

  async function write(hosts: Hosts): Promise<void> {
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Left by a process of this number that was killed: its rights could be others.
      await rm(temporary, { force: true });
      await writeFile(temporary, JSON.stringify({ hosts }, undefined, 2) + '\n', { mode: 0o600, flag: 'wx' });
      await chmod(temporary, 0o600);
      await rename(temporary, path);
    } catch {
      throw unusable('written');
    }
  }

  /** One change after the other: each reads what the one before wrote. */
  function change<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = writing.then(action);
    writing = result.catch(() => {});
    return result;
  }

  return {
    find: async (host) => (await read())[host.toLowerCase()],
    store: (host, credentials) =>
      change(async () => await write({ ...(await read()), [host.toLowerCase()]: credentials })),
    remove: (host) =>
      change(async () => {
        const { [host.toLowerCase()]: removed, ...rest } = await read();
        if (removed !== undefined) await write(rest);
        return removed !== undefined;
      }),
  };
}

function unusable(how: 'read' | 'written'): CorralError {
  return new CorralError('registry_denied', `the stored logins can't be ${how}`, {
    hint: 'Check corral/credentials.json in the .ollama folder; without it, log in again.',
  });
}
