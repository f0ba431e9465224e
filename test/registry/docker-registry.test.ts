/** Push and pull with Debian's docker-registry, over a line that breaks; only where that program is installed. */
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseModelName } from '../../src/formats/model-name.ts';
import { pushModel } from '../../src/usecases/push-model.ts';
import { logIn } from '../../src/usecases/registry-login.ts';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.ts';
import { programPath, startDockerRegistry, type RealProgram } from '../support/docker-registry.ts';
import { startRegistry, type RegistryServer } from '../support/registry-server.ts';
import { collect, publish, transferStore, type PublishedModel, type TransferStore } from '../support/transfer-store.ts';

/** None or one each: there are no cases for what is not installed. */
const registries = programPath('docker-registry');
const passwordTools = programPath('htpasswd');
const signal = new AbortController().signal;

let store: TransferStore;
let source: RegistryServer;
let model: PublishedModel;
let target: RealProgram;
let line: CuttingProxy;
let name: string;

async function begin(dockerRegistry: string, users?: string): Promise<void> {
  target = await startDockerRegistry(dockerRegistry, users);
  line = await startCuttingProxy(target.port);
  name = `${line.host}/library/model:latest`;
  await store.parts.manifests.copy(parseModelName(model.name), parseModelName(name));
}
const push = () => collect(pushModel({ model: name, insecure: true }, store.parts, signal));

test('a line that cuts lets through what it is not told to cut', async () => {
  const server = await startRegistry();
  const through = await startCuttingProxy(Number(server.host.split(':')[1]));
  const reply = await fetch(`http://${through.host}/v2/`);
  expect([reply.status, through.upBytes > 0, through.downBytes > 0]).toEqual([200, true, true]);
  await through.close();
  await server.close();
});

describe.each(registries)('with %s', (dockerRegistry) => {
  beforeEach(async () => {
    store = await transferStore();
    source = await startRegistry();
    model = publish(source, 30_000_000);
    await store.pull(model.name);
  });
  afterEach(async () => {
    await line.close();
    await target.stop();
    await store.remove();
    await source.close();
  });

  test('what was pushed is pulled, byte for byte, and only once', async () => {
    await begin(dockerRegistry);
    expect((await push()).error).toBeUndefined();
    const sentBytes = line.upBytes;
    expect((await push()).error).toBeUndefined();
    expect(line.upBytes - sentBytes).toBeLessThan(10_000);
    const other = await transferStore();
    expect((await other.pull(name)).error).toBeUndefined();
    expect((await other.parts.manifests.read(parseModelName(name)))?.digest).toBe(model.manifestDigest);
    expect((await other.blobFiles()).whole).toHaveLength(3);
    await other.remove();
  });

  test('a pull whose connections are cut again and again takes less than 1.2 times the bytes', async () => {
    await begin(dockerRegistry);
    await push();
    const other = await transferStore();
    line.cutDownAfter = 4_000_000;
    line.downBytes = 0;
    expect((await other.pull(name)).error).toBeUndefined();
    expect(line.downBytes).toBeLessThan(1.2 * model.totalBytes);
    await other.remove();
  });

  test('a push whose connection is cut begins anew and gets there', async () => {
    await begin(dockerRegistry);
    line.cutUpAfter = 5_000_000;
    line.cutsLeft = 1;
    expect((await push()).error).toBeUndefined();
    const other = await transferStore();
    expect((await other.pull(name)).error).toBeUndefined();
    await other.remove();
  });

  test.each(passwordTools)('with passwords of %s lets in who logged in, and nobody else', async (htpasswd) => {
    await begin(dockerRegistry, execFileSync(htpasswd, ['-nbB', 'ann', 'secret'], { encoding: 'utf8' }));
    expect((await push()).error).toMatchObject({ code: 'registry_denied' });
    const login = { host: line.host, username: 'ann', insecure: true };
    await expect(logIn({ ...login, password: 'wrong' }, store.parts, signal)).rejects.toMatchObject({
      code: 'registry_denied',
    });
    await logIn({ ...login, password: 'secret' }, store.parts, signal);
    expect((await push()).error).toBeUndefined();
    expect((await store.pull(name)).error).toBeUndefined();
  });
});
