/** Hashing of files that are large enough for a thread, with the built thread. */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashFile } from '../../src/store/hash-file.ts';
import { startHashThread, worthThreadBytes } from '../../src/store/hash-thread.ts';
import { hashProgram } from '../support/hash-program.ts';

const sizeBytes = worthThreadBytes + 12_345;
const never = new AbortController().signal;

let folder: string;
let path: string;
let bytes: Buffer;
let expected: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-hash-'));
  path = join(folder, 'weights');
  bytes = randomFillSync(Buffer.alloc(sizeBytes));
  expected = createHash('sha256').update(bytes).digest('hex');
});
afterEach(() => rm(folder, { recursive: true }));

test('a large file is hashed whole, and every byte of it is told once', async () => {
  await writeFile(path, bytes);
  let told = 0;
  const hashed = await hashFile(path, { signal: never, onBytes: (count) => (told += count), hashProgram });
  expect(hashed).toEqual({ digest: `sha256:${expected}`, sizeBytes });
  expect(told).toBe(sizeBytes);
});

test('the server answers while a thread hashes', async () => {
  await writeFile(path, bytes);
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  await hashFile(path, { signal: never, hashProgram });
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(1);
});

test('who leaves ends the hashing', async () => {
  await writeFile(path, bytes);
  const stop = new AbortController();
  const hashing = hashFile(path, { signal: stop.signal, onBytes: () => stop.abort(), hashProgram });
  await expect(hashing).rejects.toMatchObject({ code: 'canceled' });
  await expect(hashFile(path, { signal: stop.signal, hashProgram })).rejects.toMatchObject({ code: 'canceled' });
});

test('a file that is not there is told as the file system tells it', async () => {
  await expect(hashFile(path, { signal: never, hashProgram })).rejects.toMatchObject({ code: 'ENOENT' });
  const thread = startHashThread(path, { program: hashProgram });
  await expect(thread.digest(sizeBytes)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a thread follows a file that is being written, no further than it is told', async () => {
  const file = await open(path, 'w');
  await file.truncate(sizeBytes);
  const thread = startHashThread(path, { program: hashProgram });
  const half = Math.floor(sizeBytes / 2);
  await file.write(bytes, 0, half, 0);
  thread.advance(half);
  await file.write(bytes, half, sizeBytes - half, half);
  await file.close();
  expect(await thread.digest(sizeBytes)).toEqual({ digest: expected, sizeBytes });
});

test('a thread that is stopped gives up its digest', async () => {
  await writeFile(path, bytes);
  const thread = startHashThread(path, { program: hashProgram });
  const digest = thread.digest(Infinity);
  await thread.stop();
  await expect(digest).rejects.toThrow('the hash thread has ended');
});
