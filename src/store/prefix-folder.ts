/** The folder of kept prefixes as a person sees it: what takes room, and how to be rid of it. Runners read and write it (runner/prefix-files.ts). */
import { open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  decodeHeader,
  headerBytes,
  headerStartBytes,
  partialEnding,
  prefixEnding,
  type PrefixHeader,
} from '../formats/prefix-file/prefix-header.ts';

export interface PrefixFile {
  readonly path: string;
  readonly bytes: number;
  readonly usedAt: Date;
  /** Undefined for a file that is damaged or half written. */
  readonly header: PrefixHeader | undefined;
}

const endings: ReadonlySet<string> = new Set([prefixEnding, partialEnding]);

/** Last used first; nothing where there is no such folder. */
export async function listPrefixFiles(folder: string): Promise<readonly PrefixFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.filter((name) => endings.has(path.extname(name))).map(describe));
  return files.filter((file) => file !== undefined).toSorted((a, b) => b.usedAt.getTime() - a.usedAt.getTime());

  async function describe(name: string): Promise<PrefixFile | undefined> {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    return found?.isFile() === true
      ? { path: file, bytes: found.size, usedAt: found.mtime, header: await readPrefixHeader(file) }
      : undefined;
  }
}

/** A runner that had one of them in its list computes that prompt anew. */
export async function removePrefixFiles(files: readonly PrefixFile[]): Promise<void> {
  await Promise.all(files.map(({ path: file }) => rm(file, { force: true })));
}

async function readPrefixHeader(file: string): Promise<PrefixHeader | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const start = await handle.read(Buffer.alloc(headerStartBytes), 0, headerStartBytes, 0);
    const length = headerBytes(start.buffer);
    if (length === undefined) return undefined;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return bytesRead === length ? decodeHeader(buffer) : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
