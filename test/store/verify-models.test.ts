/** Verification of a real store against a real registry on loopback: what is flipped, cut off or gone is named, moved aside and fetched. */
import { appendFile, open, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../src/formats/digest.ts';
import { displayName, parseModelName } from '../../src/formats/model-name.ts';
import { verifyModels, type VerifyEvent, type VerifyRequest } from '../../src/usecases/verify/verify-models.ts';
import { startRegistry, type RegistryServer } from '../support/registry-server.ts';
import { publish, transferStore, type PublishedModel, type TransferStore } from '../support/transfer-store.ts';

const megabyte = 1_000_000;
let registry: RegistryServer;
let store: TransferStore;
let model: PublishedModel;
let digest: Digest;
let shown: string;
beforeEach(async () => {
  registry = await startRegistry();
  store = await transferStore();
  model = publish(registry, 3 * megabyte);
  digest = model.weightsDigest as Digest;
  shown = displayName(parseModelName(`http://${model.name}`));
  const { error } = await store.pull(model.name);
  if (error !== undefined) throw error;
});
afterEach(async () => {
  await store.remove();
  await registry.close();
});

async function verify(request: Partial<VerifyRequest> = {}, signal = new AbortController().signal) {
  const events: VerifyEvent[] = [];
  for await (const event of verifyModels(
    { model: '', repair: false, insecure: true, ...request },
    store.parts,
    signal,
  )) {
    events.push(event);
  }
  const { status, checked, problems = [] } = events.at(-1) ?? { status: 'nothing' };
  return { events, status, checked, problems };
}

async function flipByte(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, at);
  await file.close();
}

const quarantined = () => readdir(join(store.modelsDir, '.corral-quarantine')).catch(() => []);
const manifestFile = () => join(store.modelsDir, 'manifests', registry.host, 'test', 'model', 'latest');

test('a store that is whole has no problems, and everything was read', async () => {
  const { events, status, checked, problems } = await verify();
  expect({ status, checked, problems }).toEqual({
    status: 'success',
    checked: { models: 1, blobs: 3, bytes: model.totalBytes },
    problems: [],
  });
  expect(events.at(-2)).toEqual({ status: 'verifying 3 files', total: model.totalBytes, completed: model.totalBytes });
});

const damages: readonly (readonly [string, 'damaged' | 'missing', (path: string) => Promise<void>])[] = [
  ['a byte that flipped', 'damaged', (path) => flipByte(path, 1_234_567)],
  ['a file that was cut off', 'damaged', (path) => truncate(path, 1_000_000)],
  ['a file that grew', 'damaged', (path) => appendFile(path, 'x')],
  ['a file that is gone', 'missing', (path) => rm(path)],
];
describe.each(damages)('%s', (_, problem, damage) => {
  beforeEach(() => damage(store.parts.blobs.path(digest)));

  test('is named with every model that it breaks, and moved aside', async () => {
    await store.parts.manifests.copy(parseModelName(model.name), parseModelName('copy')).catch(() => {});
    const { problems } = await verify();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ problem, digest, size: 3 * megabyte, repaired: false });
    expect(problems[0]?.models).toContain(shown);
    expect(await store.parts.blobs.sizeOf(digest)).toBeUndefined();
    expect(await quarantined()).toHaveLength(problem === 'damaged' ? 1 : 0);
  });

  test('is repaired from the registry', async () => {
    const { problems } = await verify({ repair: true });
    expect(problems).toMatchObject([{ problem, repaired: true }]);
    expect(problems[0]).not.toHaveProperty('error');
    expect(await verify()).toMatchObject({ status: 'success', problems: [] });
  });
});

test('a blob that two models share is one problem that names both', async () => {
  await store.parts.manifests.copy(parseModelName(model.name), parseModelName('copy'));
  await flipByte(store.parts.blobs.path(digest), 5);
  const { problems, checked } = await verify();
  expect(checked?.models).toBe(2);
  expect(problems.map(({ models }) => [...models].sort())).toEqual([[shown, 'copy:latest'].sort()]);
});

test('a blob of a model that was made here is told to be at no registry', async () => {
  registry.blobs.delete(digest);
  await flipByte(store.parts.blobs.path(digest), 5);
  const { status, problems } = await verify({ repair: true });
  expect(status).toBe('success');
  expect(problems).toMatchObject([{ problem: 'damaged', repaired: false, error: expect.any(String) }]);
});

test('a damaged manifest is named, and pulled again', async () => {
  await writeFile(manifestFile(), '{"config":');
  expect((await verify()).problems).toMatchObject([{ problem: 'manifest', models: [shown], repaired: false }]);
  const { events, problems } = await verify({ repair: true });
  expect(problems).toMatchObject([{ problem: 'manifest', repaired: true }]);
  expect(events.filter(({ status }) => status === 'success')).toHaveLength(1);
  expect((await verify()).problems).toEqual([]);
});

test('one model alone is checked when it is named', async () => {
  const other = publish(registry, megabyte, { repository: 'test/other' });
  await store.pull(other.name);
  await flipByte(store.parts.blobs.path(other.weightsDigest as Digest), 5);
  expect((await verify({ model: model.name })).problems).toEqual([]);
  expect((await verify({ model: other.name })).problems).toHaveLength(1);
});

test('a model that is not there is an error', async () => {
  await expect(verify({ model: 'nothing' })).rejects.toMatchObject({
    code: 'model_not_found',
    message: "model 'nothing:latest' not found",
  });
});

test('whoever goes away stops it', async () => {
  await expect(verify({}, AbortSignal.abort())).rejects.toMatchObject({ code: 'canceled' });
});
