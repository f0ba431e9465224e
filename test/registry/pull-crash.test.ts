/**
 * A process that pulls is killed at each step of its file work. After each the store lists what it holds, nothing in it is wrong, and the
 * next pull succeeds with what was there.
 */
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseModelName } from '../../src/formats/model-name.ts';
import { countSteps, crashAt, faultsOfSteps } from '../support/crash-points.ts';
import { startRegistry, type RegistryServer } from '../support/registry-server.ts';
import { publish, transferStore, type PublishedModel, type TransferStore } from '../support/transfer-store.ts';

/** As many are tried; a pull that is faster than the one that was counted ends before the last ones. */
const wantedPoints = 50;

let registry: RegistryServer;
let model: PublishedModel;
beforeAll(async () => {
  registry = await startRegistry();
  // Two parts, so that records of several are written.
  model = publish(registry, 18_000_000);
});
afterAll(() => registry.close());

const program = (store: TransferStore) => ({
  fixture: 'pull-and-crash.mjs',
  args: [dirname(store.homeDir), model.name],
});

test('a pull that is killed leaves a store that lists, and goes on where it was', { timeout: 600_000 }, async () => {
  const whole = await transferStore();
  const steps = await countSteps(program(whole));
  await whole.remove();
  const stride = Math.max(1, Math.floor(steps / wantedPoints));
  const allBytes = model.totalBytes + model.manifest.length;
  let savedBytes = 0;
  let killed = 0;
  // One at a time, since the registry counts what it sends.
  const faults = await faultsOfSteps({ steps, stride, atOnce: 1 }, async (step) => {
    const store = await transferStore();
    killed += (await wasKilledAt(step, store)) ? 1 : 0;
    expect((await store.parts.store.list()).length).toBeLessThanOrEqual(1);
    const { names, whole: verified } = await store.blobFiles();
    expect(names.filter((name) => /^sha256-[0-9a-f]{64}$/.test(name))).toEqual(verified);
    const before = registry.sentBytes;
    expect((await store.pull(model.name)).error).toBeUndefined();
    const sentBytes = registry.sentBytes - before;
    expect(sentBytes).toBeLessThanOrEqual(allBytes);
    savedBytes += allBytes - sentBytes;
    expect((await store.parts.manifests.read(parseModelName(model.name)))?.digest).toBe(model.manifestDigest);
    expect((await store.blobFiles()).whole).toHaveLength(3);
    await store.remove();
  });
  expect(faults).toEqual([]);
  expect(killed).toBeGreaterThan(25);
  // Spread over the pull; a good part of it was there on average.
  expect(savedBytes / (steps / stride)).toBeGreaterThan(0.3 * allBytes);
});

/** false when it had come to its end: how often it writes depends on how fast the bytes come. */
async function wasKilledAt(step: number, store: TransferStore): Promise<boolean> {
  try {
    await crashAt(step, program(store));
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('ended before')) return false;
    throw error;
  }
}
