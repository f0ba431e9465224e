/** A pull into a store that is full, fills up or may only be read; on machines whose user may mount a small disk. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slowLine } from '../support/registry-faults.ts';
import { startRegistry, type RegistryServer } from '../support/registry-server.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { publish, transferStore, type TransferStore } from '../support/transfer-store.ts';
import { until } from '../support/until.ts';

const megabyte = 1024 * 1024;
const full = { code: 'store_write', message: 'the model store is full (ENOSPC)' };

test('a registry that sends slowly sends at its pace', async () => {
  const registry = await startRegistry({ faults: [slowLine(2 * megabyte)] });
  const store = await transferStore();
  const startedMs = performance.now();
  await store.pull(publish(registry, megabyte).name);
  expect(performance.now() - startedMs).toBeGreaterThan(400);
  await store.remove();
  await registry.close();
});

const mounted = await mountSmallDisk(12);
const disks = mounted === undefined ? [] : [mounted];
describe.each(disks)('on a small disk', (disk) => {
  afterAll(() => disk.remove());
  let registry: RegistryServer;
  let store: TransferStore;
  const filler = join(disk.folder, 'filler');
  beforeEach(async () => {
    registry = await startRegistry();
    store = await transferStore({ OLLAMA_MODELS: join(disk.folder, 'models') });
  });
  afterEach(async () => {
    await disk.setReadOnly(false);
    await rm(filler, { force: true });
    await rm(store.modelsDir, { recursive: true, force: true });
    await store.remove();
    await registry.close();
  });

  test('a model that has no room is refused before any of it is sent', async () => {
    const model = publish(registry, 20 * megabyte);
    expect((await store.pull(model.name)).error).toMatchObject(full);
    expect(registry.sentBytes).toBeLessThan(10_000);
  });

  test('a disk that fills up meanwhile ends the pull at once, and with room again it goes on', async () => {
    const model = publish(registry, 9 * megabyte);
    registry.faults.push(slowLine(8 * megabyte));
    const pulling = store.pull(model.name);
    await until('a part has arrived', () => registry.sentBytes > 3 * megabyte);
    await writeFile(filler, Buffer.alloc(12 * megabyte)).catch(() => {});
    expect((await pulling).error).toMatchObject(full);
    await rm(filler);
    registry.faults.length = 0;
    const before = registry.sentBytes;
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect(registry.sentBytes - before).toBeLessThan(7 * megabyte);
    expect((await store.blobFiles()).whole).toHaveLength(3);
  });

  test('a disk that may only be read is told', async () => {
    await disk.setReadOnly(true);
    expect((await store.pull(publish(registry, megabyte).name)).error).toMatchObject({
      code: 'store_write',
      message: expect.stringContaining('EROFS'),
    });
  });
});
