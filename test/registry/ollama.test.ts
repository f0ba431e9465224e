/** One store with real Ollama: what either begins the other finishes, and both see the same models. Only where Ollama is there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseModelName } from '../../src/formats/model-name.ts';
import { pullModel } from '../../src/usecases/pull-model.ts';
import { onBlobs, redirectBlobs, slowLine } from '../support/registry-faults.ts';
import { programPath, startDockerRegistry } from '../support/docker-registry.ts';
import { peersFolder, startOllama, type OllamaServer } from '../support/real-ollama.ts';
import { startRegistry, type RegistryServer } from '../support/registry-server.ts';
import { collect, publish, transferStore, type PublishedModel, type TransferStore } from '../support/transfer-store.ts';
import { until } from '../support/until.ts';

/** None or one: there are no cases for what is not installed. */
const registries = programPath('docker-registry');
const peersFolders = [peersFolder() ?? []].flat();

test('programs are found on the path, and what is no program is not', () => {
  expect(programPath('node')).toEqual([expect.stringMatching(/node$/)]);
  expect(programPath('no-such-program')).toEqual([]);
});

describe.each(peersFolders)('beside Ollama of %s', (peers) => {
  let store: TransferStore;
  let registry: RegistryServer;
  /** Ollama pulls from registries alone that send on to another host. */
  let storage: RegistryServer;
  let model: PublishedModel;
  let ollama: OllamaServer;
  beforeEach(async () => {
    store = await transferStore();
    registry = await startRegistry();
    storage = await startRegistry();
    model = publish(registry, 30_000_000);
    for (const [digest, bytes] of registry.blobs) storage.blobs.set(digest, bytes);
    registry.faults.push(redirectBlobs(storage.host.replace('127.0.0.1', 'localhost')));
    ollama = await startOllama(peers, store.modelsDir);
  });
  afterEach(async () => {
    await ollama.stop();
    await store.remove();
    await Promise.all([registry.close(), storage.close()]);
  });

  async function ask(path: string, body: object, signal?: AbortSignal): Promise<string> {
    const url = `${ollama.url}${path}`;
    const reply = await fetch(url, { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) });
    return await reply.text();
  }
  const ollamaPull = (signal?: AbortSignal) => ask('/api/pull', { model: model.name, insecure: true }, signal);

  test('a pull that Ollama began is finished, with what it had', async () => {
    storage.faults.push(slowLine(10_000_000));
    const leave = new AbortController();
    const pulling = ollamaPull(leave.signal).catch(() => {});
    await until('half of it has gone over the line', () => storage.sentBytes > model.totalBytes / 2);
    leave.abort();
    await pulling;
    const record = join(store.modelsDir, 'blobs', `${model.weightsDigest.replace(':', '-')}-partial-0`);
    await until('Ollama has noted it', async () => /"Completed":[1-9]/.test(await readFile(record, 'utf8')));
    storage.faults.length = 0;
    const before = storage.sentBytes;
    expect((await store.pull(model.name)).error).toBeUndefined();
    expect(storage.sentBytes - before).toBeLessThan(0.6 * model.totalBytes);
    expect((await store.blobFiles()).whole).toHaveLength(3);
  });

  test('a pull that Corral began is finished by Ollama, with what it had', async () => {
    storage.faults.push(slowLine(10_000_000));
    const leave = new AbortController();
    const pulling = collect(pullModel({ model: model.name, insecure: true }, store.parts, leave.signal));
    await until('half of it has gone over the line', () => storage.sentBytes > model.totalBytes / 2);
    leave.abort();
    await pulling;
    storage.faults.length = 0;
    const before = storage.sentBytes;
    expect(await ollamaPull()).toContain('"status":"success"');
    expect(storage.sentBytes - before).toBeLessThan(0.6 * model.totalBytes);
    expect((await store.blobFiles()).whole).toHaveLength(3);
    const stored = await store.parts.manifests.read(parseModelName(model.name));
    expect(stored?.digest).toBe(model.manifestDigest);
  });

  test('what Corral pulled is listed by Ollama under the same digest, and is complete for it', async () => {
    expect((await store.pull(model.name)).error).toBeUndefined();
    const tags = await fetch(`${ollama.url}/api/tags`);
    expect(await tags.json()).toMatchObject({ models: [{ name: model.name, digest: model.manifestDigest }] });
    const before = storage.sentBytes;
    expect(await ollamaPull()).toContain('"status":"success"');
    expect(storage.sentBytes).toBe(before);
  });

  test('a flipped byte is refused as Ollama refuses it', async () => {
    const flip = onBlobs((_, reply) => {
      const body = Buffer.from(reply.body ?? []);
      if (body.length > 7) body[7] = (body[7] ?? 0) ^ 1;
      return { ...reply, body };
    });
    storage.faults.push(flip);
    const theirs = /"error":"(digest mismatch[^"]*)"/.exec(await ollamaPull())?.[1];
    const { error } = await store.pull(model.name);
    // Both say what they wanted and what came; which layer is told first is theirs to choose.
    expect(error?.message).toMatch(
      /^digest mismatch, file must be downloaded again: want sha256:\w{64}, got sha256:\w{64}$/,
    );
    expect(theirs).toMatch(/^digest mismatch, file must be downloaded again: want sha256:\w{64}, got sha256:\w{64}$/);
  });

  test.each(registries)('what Ollama pushed to %s is pulled from there', async (dockerRegistry) => {
    const target = await startDockerRegistry(dockerRegistry);
    await store.pull(model.name);
    const name = `127.0.0.1:${target.port}/library/model:latest`;
    await ask('/api/copy', { source: model.name, destination: name });
    expect(await ask('/api/push', { model: name, insecure: true })).toContain('"status":"success"');
    const other = await transferStore();
    expect((await other.pull(name)).error).toBeUndefined();
    expect((await other.blobFiles()).whole).toHaveLength(3);
    await other.remove();
    await target.stop();
  });
});
