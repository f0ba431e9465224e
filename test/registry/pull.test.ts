/** Pull against a registry on a real socket that does everything a registry can do wrong. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseModelName } from '../../src/formats/model-name.ts';
import { pullModel } from '../../src/usecases/pull-model.ts';
import {
  answer,
  cutAfter,
  firstTimes,
  flippedByte,
  onBlobs,
  redirectBlobs,
  slowLine,
} from '../support/registry-faults.ts';
import { startRegistry, type Fault, type RegistryOptions, type RegistryServer } from '../support/registry-server.ts';
import { collect, publish, transferStore, type TransferStore } from '../support/transfer-store.ts';

const megabyte = 1_000_000;

/** What was on its way to the reader when the connection broke. */
const lostBytes = 64 * 1024;

let store: TransferStore;
let registry: RegistryServer;
const opened: RegistryServer[] = [];
async function open(options: RegistryOptions = {}): Promise<RegistryServer> {
  const server = await startRegistry(options);
  opened.push(server);
  return server;
}
beforeEach(async () => {
  store = await transferStore();
  registry = await open();
});
afterEach(async () => {
  await store.remove();
  for (const server of opened.splice(0)) await server.close();
});

describe('a pull', () => {
  test('takes the manifest as it is, the blobs and nothing else, and tells the statuses of Ollama', async () => {
    const model = publish(registry, 3 * megabyte);
    const { events, error } = await store.pull(model.name);
    expect(error).toBeUndefined();
    const statuses = [...new Set(events.map(({ status }) => status))];
    const short = (digest: string) => digest.slice(7, 19);
    expect(statuses.slice(0, 2)).toEqual(['pulling manifest', `pulling ${short(model.weightsDigest)}`]);
    expect(statuses.slice(-3)).toEqual(['verifying sha256 digest', 'writing manifest', 'success']);
    expect(events.findLast(({ digest }) => digest === model.weightsDigest)).toMatchObject({
      total: model.weights.length,
      completed: model.weights.length,
    });
    const stored = await store.parts.manifests.read(parseModelName(model.name));
    expect(stored?.digest).toBe(model.manifestDigest);
    const { names, whole } = await store.blobFiles();
    expect(names.toSorted()).toEqual(whole.toSorted());
    expect(whole).toHaveLength(3);
  });

  test('of what is there already moves no blob and tells each layer once', async () => {
    const model = publish(registry, megabyte);
    await store.pull(model.name);
    registry.requests.length = 0;
    const { events } = await store.pull(model.name);
    expect(registry.requests.map(({ path }) => path)).toEqual(['/v2/test/model/manifests/latest']);
    expect(events.map(({ status, total, completed }) => [status.split(' ')[0], total === completed])).toEqual([
      ['pulling', true],
      ['pulling', true],
      ['pulling', true],
      ['pulling', true],
      ['verifying', true],
      ['writing', true],
      ['success', true],
    ]);
  });

  test('of a new manifest removes the layers that only the old one had', async () => {
    const old = publish(registry, megabyte);
    await store.pull(old.name);
    const { events } = await (publish(registry, megabyte), store.pull(old.name));
    expect(events.map(({ status }) => status)).toContain('removing unused layers');
    expect((await store.blobFiles()).names).not.toContain(old.weightsDigest.replace(':', '-'));
  });

  test('by several at once moves the bytes once', async () => {
    const model = publish(registry, 5 * megabyte);
    registry.faults.push(slowLine(40 * megabyte));
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => store.pull(model.name)));
    expect(outcomes.map(({ error }) => error)).toEqual(Array.from({ length: 6 }, () => undefined));
    expect(registry.sentBytes).toBeLessThan(1.3 * model.totalBytes);
  });

  test('by two programs on one store moves the bytes once', async () => {
    const model = publish(registry, 5 * megabyte);
    registry.faults.push(slowLine(20 * megabyte));
    const other = await transferStore({ OLLAMA_MODELS: store.modelsDir });
    const outcomes = await Promise.all([store.pull(model.name), other.pull(model.name)]);
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(registry.sentBytes).toBeLessThan(1.1 * model.totalBytes);
    const { names, whole } = await store.blobFiles();
    expect(names.toSorted()).toEqual(whole.toSorted());
    await other.remove();
  });

  test('is not held up by what a program left that was killed', async () => {
    const model = publish(registry, megabyte);
    const claim = join(store.modelsDir, 'blobs', `${model.weightsDigest.replace(':', '-')}-claim`);
    await mkdir(join(store.modelsDir, 'blobs'), { recursive: true });
    // No process has a number that large.
    await writeFile(claim, 'claim-corral-4194305-0123abcd-1');
    expect((await store.pull(model.name)).error).toBeUndefined();
  });

  test('goes on for the others when one who shares it leaves, and ends with the last', async () => {
    const model = publish(registry, 4 * megabyte);
    registry.faults.push(slowLine(4 * megabyte));
    const leave = [new AbortController(), new AbortController()];
    const pulls = leave.map(({ signal }) =>
      collect(pullModel({ model: model.name, insecure: true }, store.parts, signal)),
    );
    await until(() => registry.sentBytes > megabyte / 2);
    leave[0]?.abort();
    await pulls[0];
    const atLeaving = registry.sentBytes;
    await until(() => registry.sentBytes > atLeaving + megabyte / 2);
    leave[1]?.abort();
    expect((await pulls[1])?.error).toMatchObject({ code: 'canceled' });
    const atEnd = registry.sentBytes;
    registry.faults = [];
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect(registry.sentBytes - atEnd).toBeLessThan(model.totalBytes - megabyte / 2);
  });

  test('uses several streams where each is slow by itself', async () => {
    const model = publish(registry, 64 * megabyte);
    registry.faults.push(slowLine(24 * megabyte));
    const startedMs = performance.now();
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect(performance.now() - startedMs).toBeLessThan(2400);
  });
});

const survivable: [name: string, fault: () => Fault, mostBytes: number][] = [
  ['a connection that is cut every 300 kB', () => cutAfter(300_000), 1.2],
  ['a line that goes silent once', () => firstTimes(1, isBlob, stallAfter(500_000)), 1.2],
  ['429 with Retry-After', () => firstTimes(2, isBlob, answer(429, { 'retry-after': '0' })), 1.1],
  ['429 for the manifest', () => firstTimes(2, () => true, answer(429, { 'retry-after': '0' })), 1.1],
  ['500 five times', () => firstTimes(5, isBlob, answer(500)), 1.1],
  ['a range that ends early', () => onBlobs((_, reply) => shorter(reply, 700_000)), 1.1],
];

describe('a pull survives', () => {
  test.each(survivable)('%s', async (_, fault, mostBytes) => {
    const model = publish(registry, 3 * megabyte);
    registry.faults.push(fault());
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect(registry.sentBytes).toBeLessThan(mostBytes * model.totalBytes);
    expect((await store.blobFiles()).whole).toHaveLength(3);
  });

  test('a registry that knows no ranges', async () => {
    const plain = await open({ rangesIgnored: true });
    const model = publish(plain, 20 * megabyte);
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect(plain.sentBytes).toBeLessThan(1.1 * model.totalBytes);
  });

  test('a registry that knows no ranges and cuts, by passing over what is there', async () => {
    const plain = await open({ rangesIgnored: true });
    const model = publish(plain, 2 * megabyte);
    plain.faults.push(firstTimes(3, isBlob, cutAfter(600_000)));
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect((await store.blobFiles()).whole).toHaveLength(3);
  });

  test('a registry that answers with another range than was asked for, by asking for the whole', async () => {
    const model = publish(registry, 2 * megabyte);
    registry.faults.push(
      onBlobs((_, reply) => (reply.status === 206 ? withHeader(reply, 'content-range', 'bytes 5-9/*') : reply)),
    );
    expect((await store.pull(model.name)).error).toBeUndefined();
  });

  test('blobs on another host, which sees no credentials', async () => {
    const storage = await open();
    const model = publish(registry, 2 * megabyte);
    for (const [digest, bytes] of registry.blobs) storage.blobs.set(digest, bytes);
    registry.faults.push(redirectBlobs(storage.host), (request, reply) =>
      request.headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
        : reply,
    );
    await store.parts.registry.credentials.store(registry.host, { username: 'ann', password: 'secret' });
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect(storage.requests.length).toBeGreaterThan(0);
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual(storage.requests.map(() => undefined));
  });
});

const refused: [name: string, fault: Fault, code: string, message: RegExp][] = [
  [
    'a flipped byte',
    flippedByte(1234),
    'digest_mismatch',
    /^digest mismatch, file must be downloaded again: want sha256:/,
  ],
  ['no manifest', answer(404), 'registry_not_found', /^pull model manifest: file does not exist$/],
  ['403', answer(403), 'registry_denied', /^pull model manifest: unauthorized: access denied by 127\.0\.0\.1:\d+$/],
  [
    '418',
    answer(418),
    'registry_failed',
    /^pull model manifest: 418: no \(127\.0\.0\.1:\d+, the manifest; trying again does not help\)$/,
  ],
  [
    '500 for ever',
    onBlobs(answer(500)),
    'registry_failed',
    /^500: no \(127\.0\.0\.1:\d+, blob [0-9a-f]{12}; trying again may help\)$/,
  ],
  [
    'redirects in circles',
    (r) => ({ status: 302, headers: { location: r.path } }),
    'registry_failed',
    /sends on in circles/,
  ],
  [
    'a manifest that is no JSON',
    onManifest('nonsense'),
    'registry_failed',
    /no usable manifest: invalid manifest: not JSON$/,
  ],
  ['digests that are paths', onManifest(manifestWith('../../etc/passwd')), 'registry_failed', /not a sha256 digest$/],
  [
    'a total that is not the manifest’s',
    onBlobs((_, r) => (r.status === 206 ? withHeader(r, 'content-range', 'bytes 0-1/7') : r)),
    'registry_failed',
    /has 7 bytes, and the manifest that it has 1000000$/,
  ],
  [
    'silence for ever',
    onBlobs((_, reply) => ({ ...reply, stallAfterBytes: 0 })),
    'registry_unreachable',
    /sent nothing of blob/,
  ],
];

/** What was begun before it failed is kept for the next time. */
const keepsParts = new Set(['500 for ever', 'a total that is not the manifest’s', 'silence for ever']);

describe('a pull is refused, and the store stays as it was, for', () => {
  test.each(refused)('%s', async (name, fault, code, message) => {
    const keeps = keepsParts.has(name);
    const model = publish(registry, megabyte);
    registry.faults.push(fault);
    const { error } = await store.pull(model.name);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await store.parts.manifests.read(parseModelName(model.name))).toBeUndefined();
    const { names, whole } = await store.blobFiles();
    expect(whole).toEqual([]);
    expect(names.length > 0).toBe(keeps);
  });

  test('a manifest of 200 MB, of which no more than 4 MB are taken in', async () => {
    const huge = Buffer.alloc(200 * megabyte, ' ');
    const model = publish(registry, 1000);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      registry.faults = [
        (request, reply) => (request.path.includes('/manifests/') ? lengthless(huge, headers) : reply),
      ];
      const before = registry.sentBytes;
      const { error } = await store.pull(model.name);
      expect(error?.message).toMatch(/sent more than 4194304 bytes for the manifest$/);
      expect(registry.sentBytes - before).toBeLessThan(20 * megabyte);
    }
  });

  test('a blob that is shorter than the manifest says', async () => {
    const model = publish(registry, megabyte, { claimedBytes: megabyte + 1 });
    expect((await store.pull(model.name)).error?.message).toMatch(
      /has 1000000 bytes, and the manifest that it has 1000001$/,
    );
  });

  test('a manifest that claims more than the disk holds', async () => {
    const model = publish(registry, megabyte, { claimedBytes: 2 ** 50 });
    expect((await store.pull(model.name)).error).toMatchObject({
      code: 'store_write',
      message: 'the model store is full (ENOSPC)',
    });
  });

  test('a host where nobody listens', async () => {
    await registry.close();
    const { error } = await store.pull(`${registry.host}/test/model`);
    expect(error?.message).toBe(
      `pull model manifest: ${registry.host} can't be reached for the manifest: nobody listens there (ECONNREFUSED); trying again does not help`,
    );
  });

  test('http without permission', async () => {
    const { error } = await collect(
      pullModel(
        { model: `http://${registry.host}/test/model`, insecure: false },
        store.parts,
        new AbortController().signal,
      ),
    );
    expect(error?.message).toBe('insecure protocol http');
  });
});

describe('a resumed pull', () => {
  test('works wherever the line was cut, and takes what is missing alone', async () => {
    for (const cutBytes of [0, 1, 65_535, 65_536, 262_143, 262_144, 700_001, 1_999_999]) {
      const model = publish(registry, 2 * megabyte, { tag: `cut-${cutBytes}` });
      // Everything after the cut is refused for good.
      registry.faults = [firstTimes(1, isBlob, cutAfter(cutBytes)), refusedAfterFirstBlob()];
      expect((await store.pull(model.name)).error).toMatchObject({ code: 'registry_denied' });
      registry.faults = [];
      const before = registry.sentBytes;
      expect((await store.pull(model.name)).error).toBeUndefined();
      expect(registry.sentBytes - before).toBeLessThanOrEqual(
        model.totalBytes + model.manifest.length - cutBytes + lostBytes,
      );
    }
  });

  test('whose beginning is wrong on the disk begins anew by itself', async () => {
    const model = publish(registry, 2 * megabyte);
    registry.faults = [cutAfter(900_000), refusedAfterFirstBlob()];
    await store.pull(model.name);
    const partial = join(store.modelsDir, 'blobs', `${model.weightsDigest.replace(':', '-')}-partial`);
    const bytes = await readFile(partial);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(partial, bytes);
    registry.faults = [];
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect((await store.blobFiles()).whole).toHaveLength(3);
  });
});

function refusedAfterFirstBlob(): Fault {
  let seen = 0;
  return (request, reply) => (isBlob(request) && seen++ > 0 ? { status: 403 } : reply);
}

function isBlob({ path }: { readonly path: string }): boolean {
  return path.includes('/blobs/sha256:');
}

function stallAfter(bytes: number): Fault {
  return (_, reply) => ({ ...reply, stallAfterBytes: bytes });
}

type Reply = ReturnType<Fault>;

function shorter(reply: Reply, bytes: number): Reply {
  const [, from = '0', total = ''] = /^bytes (\d+)-\d+\/(\d+)/.exec(reply.headers?.['content-range'] ?? '') ?? [];
  const body = reply.body?.subarray(0, bytes) ?? Buffer.alloc(0);
  return withHeader({ ...reply, body }, 'content-range', `bytes ${from}-${Number(from) + body.length - 1}/${total}`);
}

function withHeader(reply: Reply, name: string, value: string): Reply {
  return { ...reply, headers: { ...reply.headers, [name]: value } };
}

function onManifest(text: string): Fault {
  return (request, reply) => (request.path.includes('/manifests/') ? { status: 200, body: Buffer.from(text) } : reply);
}

function manifestWith(digest: string): string {
  const layer = { mediaType: 'x', digest, size: 1 };
  return JSON.stringify({ schemaVersion: 2, config: layer, layers: [layer] });
}

function lengthless(body: Buffer, headers: Readonly<Record<string, string>>): Reply {
  return { status: 200, body, headers };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
