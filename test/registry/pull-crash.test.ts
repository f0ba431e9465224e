/**
 * A process that pulls is killed at its file operations, one after the other, a write half done. After each the store lists what it
 * holds, nothing in it is wrong, and the next pull succeeds with what was there.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseModelName } from '../../src/formats/model-name.ts';
import { startRegistry, type RegistryServer } from '../support/registry-server.ts';
import { publish, transferStore, type PublishedModel } from '../support/transfer-store.ts';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`../support/crash/${name}`, import.meta.url));
const points = 120;

let registry: RegistryServer;
let model: PublishedModel;
beforeAll(async () => {
  registry = await startRegistry();
  // Two parts, so that records of several are written.
  model = publish(registry, 10_000_000);
});
afterAll(() => registry.close());

/** How many file operations the pull has, or undefined where it was killed at one. */
async function pullInChild(homedir: string, crashAt?: number): Promise<number | undefined> {
  const options = { env: { PATH: process.env['PATH'], ...(crashAt !== undefined && { CRASH_AT: String(crashAt) }) } };
  const arguments_ = ['--import', script('kill-at-file-operation.mjs'), script('pull-once.mjs'), homedir, model.name];
  try {
    return Number((await run(process.execPath, arguments_, options)).stdout);
  } catch (error) {
    if ((error as { signal?: string }).signal === 'SIGKILL') return undefined;
    throw error;
  }
}

describe('a pull that is killed', () => {
  test(`at each of ${points} file operations leaves a store that lists, and goes on where it was`, async () => {
    const whole = await transferStore();
    const operations = (await pullInChild(whole.homeDir.replace(/\/\.ollama$/, ''))) ?? 0;
    await whole.remove();
    expect(operations).toBeGreaterThan(points);
    let savedBytes = 0;
    for (let point = 1; point <= points; point++) {
      const store = await transferStore();
      const crashAt = Math.ceil((point * operations) / points);
      await pullInChild(store.homeDir.replace(/\/\.ollama$/, ''), crashAt);
      const listed = await store.parts.store.list();
      expect(listed.length).toBeLessThanOrEqual(1);
      const { names, whole: verified } = await store.blobFiles();
      expect(names.filter((name) => /^sha256-[0-9a-f]{64}$/.test(name))).toEqual(verified);
      const before = registry.sentBytes;
      expect((await store.pull(model.name)).error, `killed at ${crashAt}`).toBeUndefined();
      const sentBytes = registry.sentBytes - before;
      savedBytes += model.totalBytes + model.manifest.length - sentBytes;
      expect(sentBytes).toBeLessThanOrEqual(model.totalBytes + model.manifest.length);
      expect((await store.parts.manifests.read(parseModelName(model.name)))?.digest).toBe(model.manifestDigest);
      expect((await store.blobFiles()).whole).toHaveLength(3);
      await store.remove();
    }
    // Evenly spread over the pull, half of it was there on average.
    expect(savedBytes).toBeGreaterThan(0.3 * points * model.totalBytes);
  }, 600_000);
});
