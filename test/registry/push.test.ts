/** Push and update against a registry on a real socket. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseModelName } from '../../src/formats/model-name.ts';
import { pushModel } from '../../src/usecases/push-model.ts';
import { updateModels } from '../../src/usecases/update-models.ts';
import { answer, firstTimes } from '../support/registry-faults.ts';
import { startRegistry, type RegistryRequest, type RegistryServer } from '../support/registry-server.ts';
import { collect, publish, transferStore, type PublishedModel, type TransferStore } from '../support/transfer-store.ts';

let store: TransferStore;
let source: RegistryServer;
let registry: RegistryServer;
let model: PublishedModel;
let target: string;
beforeEach(async () => {
  store = await transferStore();
  source = await startRegistry();
  registry = await startRegistry();
  model = publish(source, 500_000);
  await store.pull(model.name);
  target = `${registry.host}/other/model:latest`;
  await store.parts.manifests.copy(parseModelName(model.name), parseModelName(target));
});
afterEach(async () => {
  await store.remove();
  await Promise.all([source.close(), registry.close()]);
});

const signal = new AbortController().signal;
const push = (name = target) => collect(pushModel({ model: name, insecure: true }, store.parts, signal));
const isPatch = ({ method }: RegistryRequest) => method === 'PATCH';

describe('a push', () => {
  test('sends every blob and the manifest as it is, and tells the statuses of Ollama', async () => {
    const { events, error } = await push();
    expect(error).toBeUndefined();
    const statuses = [...new Set(events.map(({ status }) => status))];
    expect(statuses.slice(0, 2)).toEqual(['retrieving manifest', `pushing ${model.weightsDigest.slice(7, 19)}`]);
    expect(statuses.slice(-2)).toEqual(['pushing manifest', 'success']);
    expect(registry.manifests.get('other/model:latest')?.equals(model.manifest)).toBe(true);
    expect(registry.blobs.get(model.weightsDigest)?.equals(model.weights)).toBe(true);
    expect(registry.blobs.size).toBe(3);
  });

  test('sends no blob that is there', async () => {
    registry.blobs.set(model.weightsDigest, model.weights);
    await push();
    expect(registry.requests.filter(isPatch)).toHaveLength(2);
  });

  test.each([
    [
      'is cut',
      () => firstTimes(2, isPatch, (_, reply) => ({ ...reply, status: 202, cutAfterBytes: 0, body: Buffer.alloc(9) })),
    ],
    ['fails', () => firstTimes(2, isPatch, answer(503, { 'retry-after': '0' }))],
    ['is not taken in chunks', () => firstTimes(99, isPatch, answer(405))],
  ])('gets through when an upload %s', async (_, fault) => {
    registry.faults.push(fault());
    expect((await push()).error).toBeUndefined();
    expect(registry.blobs.get(model.weightsDigest)?.equals(model.weights)).toBe(true);
  });

  test('sends a chunk on to the storage that the registry names, without credentials', async () => {
    const storage = await startRegistry({ faults: [answer(200)] });
    registry.faults.push((request, reply) =>
      isPatch(request)
        ? {
            status: 307,
            headers: {
              location: `http://${storage.host}/bucket?key=1`,
              'docker-upload-location': '/v2/other/model/blobs/uploads/next',
            },
          }
        : request.path.endsWith('/next')
          ? { status: 201 }
          : reply,
    );
    await store.parts.registry.credentials.store(registry.host, { username: 'ann', password: 'secret' });
    expect((await push()).error).toBeUndefined();
    expect(storage.requests.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['PUT', undefined],
      ['PUT', undefined],
      ['PUT', undefined],
    ]);
    expect(storage.requests[0]?.body.equals(model.weights)).toBe(true);
    await storage.close();
  });

  test('of what is not installed says so', async () => {
    const { events, error } = await push('nobody/nothing');
    expect(events.map(({ status }) => status)).toEqual(['retrieving manifest', "couldn't retrieve manifest"]);
    expect(error).toMatchObject({ code: 'model_not_found', message: "model 'nobody/nothing:latest' not found" });
  });

  test('that the registry refuses says who refused what', async () => {
    registry.faults.push(answer(403));
    expect((await push()).error).toMatchObject({
      message: `unauthorized: access denied by ${registry.host}`,
      step: expect.stringContaining('blob'),
    });
  });
});

describe('an update', () => {
  const update = async (request: { models?: string[]; check: boolean }) => {
    const { events, error } = await collect(
      updateModels({ models: [], insecure: true, ...request }, store.parts, signal),
    );
    return { error, updates: events.at(-1)?.updates };
  };

  test('tells which models have a newer manifest, and with check takes none', async () => {
    const newer = publish(source, 1000);
    const { updates } = await update({ check: true });
    expect(updates).toContainEqual({
      model: model.name,
      current: model.manifestDigest,
      available: newer.manifestDigest,
      updated: false,
    });
    expect(updates).toContainEqual({
      model: target,
      current: model.manifestDigest,
      available: undefined,
      updated: false,
    });
  });

  test('takes them', async () => {
    const newer = publish(source, 1000);
    const { updates } = await update({ models: [model.name], check: false });
    expect(updates?.map(({ updated }) => updated)).toEqual([true]);
    expect((await store.parts.manifests.read(parseModelName(model.name)))?.digest).toBe(newer.manifestDigest);
  });

  test('of a registry that is away tells so beside the others', async () => {
    await registry.close();
    const { updates, error } = await update({ check: true });
    expect(error).toBeUndefined();
    expect(updates?.find((entry) => entry.model === target)?.error).toContain('nobody listens there');
    expect(updates?.find((entry) => entry.model === model.name)?.available).toBe(model.manifestDigest);
  });
});
