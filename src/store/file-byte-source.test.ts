import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileByteSource } from './file-byte-source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-source-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file as a source of bytes', () => {
  it('gives any part of it, and less where it has become shorter', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'abcdef');
    const source = await fileByteSource(path);
    const read = async (offset: number, length: number): Promise<string> =>
      Buffer.from(await source.read(offset, length)).toString();
    expect(source.sizeBytes).toBe(6);
    expect([await read(0, 6), await read(2, 3)]).toEqual(['abcdef', 'cde']);
    await truncate(path, 4);
    expect(await read(2, 4)).toBe('cd');
    await source.close();
  });

  it('refuses what is no file, without naming its path', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [folder, pipe, join(folder, 'nothing')]) {
      const error: unknown = await fileByteSource(path).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'CorralError', code: 'store_read' });
      expect(String(error)).not.toContain(folder);
    }
  });
});
