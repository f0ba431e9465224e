/** Who is shown which credentials: registries and token servers on real sockets. */
import { createPublicKey, verify } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logIn, logOut } from '../../src/usecases/registry-login.ts';
import { basicAuthorization, requireBasic, requireBearer } from '../support/registry-faults.ts';
import { startRegistry, type RegistryRequest, type RegistryServer } from '../support/registry-server.ts';
import { publish, transferStore, type TransferStore } from '../support/transfer-store.ts';

let store: TransferStore;
let registry: RegistryServer;
beforeEach(async () => {
  store = await transferStore();
  registry = await startRegistry();
});
afterEach(async () => {
  await store.remove();
  await registry.close();
});

const signal = new AbortController().signal;
const ann = { username: 'ann', password: 'correct:horse' };
const annShows = basicAuthorization(ann.username, ann.password);
const tokenRequests = (server: RegistryServer) => server.requests.filter(({ path }) => path === '/token');

describe('a login', () => {
  test('that the registry accepts is stored for this user alone and used by a pull', async () => {
    registry.faults.push(requireBasic(ann.username, ann.password));
    await logIn({ host: `http://${registry.host}/`, ...ann, insecure: false }, store.parts, signal);
    const file = join(store.homeDir, 'corral', 'credentials.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await store.pull(publish(registry, 1000).name)).error).toBeUndefined();
  });

  test('that the registry refuses is not stored', async () => {
    registry.faults.push(requireBasic(ann.username, 'other'));
    await expect(logIn({ host: registry.host, ...ann, insecure: true }, store.parts, signal)).rejects.toMatchObject({
      code: 'registry_denied',
      message: `unauthorized: access denied by ${registry.host}`,
    });
    expect(await store.parts.registry.credentials.find(registry.host)).toBeUndefined();
  });

  test('is forgotten by a logout, and only then', async () => {
    registry.faults.push(requireBasic(ann.username, ann.password));
    await logIn({ host: registry.host, ...ann, insecure: true }, store.parts, signal);
    await logOut({ host: registry.host }, store.parts);
    await expect(logOut({ host: registry.host }, store.parts)).rejects.toMatchObject({ status: 404 });
    expect((await store.pull(publish(registry, 1000).name)).error).toMatchObject({
      code: 'registry_denied',
      hint: `${registry.host} wants a login for the manifest: use \`corral login ${registry.host}\`.`,
    });
  });

  test.each(['', 'a b', '../x', 'a/b', 'http://'])('at %j is refused before anything is sent', async (host) => {
    await expect(logIn({ host, ...ann, insecure: true }, store.parts, signal)).rejects.toMatchObject({
      code: 'bad_request',
    });
  });
});

describe('a token', () => {
  test('is given for a name and password, and one serves the whole pull', async () => {
    const admits = ({ headers }: RegistryRequest) => headers.authorization === annShows;
    registry.faults.push(requireBearer({ realmHost: () => registry.host, admits }));
    await store.parts.registry.credentials.store(registry.host, ann);
    expect((await store.pull(publish(registry, 300_000).name)).error).toBeUndefined();
    const [asked, ...more] = tokenRequests(registry);
    expect(more).toEqual([]);
    expect(asked?.query.get('service')).toBe('test, registry');
    expect(asked?.query.getAll('scope')).toEqual(['repository:test/model:pull']);
  });

  test('is given for a signature by the user key, which is made as Ollama makes it', async () => {
    registry.faults.push(requireBearer({ realmHost: () => registry.host, admits: isSigned }));
    expect((await store.pull(publish(registry, 1000).name)).error).toBeUndefined();
    const key = join(store.homeDir, 'id_ed25519');
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    const publicLine = await readFile(`${key}.pub`, 'utf8');
    const shown = tokenRequests(registry)[0]?.headers.authorization?.split(':')[0];
    expect(publicLine).toBe(`ssh-ed25519 ${shown}\n`);
  });

  test('is asked for without a name where signatures mean nothing', async () => {
    const admits = ({ headers }: RegistryRequest) => headers.authorization === undefined;
    registry.faults.push(requireBearer({ realmHost: () => registry.host, admits }));
    expect((await store.pull(publish(registry, 1000).name)).error).toBeUndefined();
  });

  test('is not asked for at another host, which sees nothing', async () => {
    const thief = await startRegistry();
    registry.faults.push(requireBearer({ realmHost: () => thief.host, admits: () => true }));
    await store.parts.registry.credentials.store(registry.host, ann);
    const { error } = await store.pull(publish(registry, 1000).name);
    expect(error).toMatchObject({
      code: 'registry_denied',
      message: `pull model manifest: realm host "${thief.host}" does not match original host "${registry.host}"`,
    });
    expect(thief.requests).toEqual([]);
    await thief.close();
  });

  test('is asked for at another host that the settings allow', async () => {
    const tokens = await startRegistry({ faults: [requireBearer({ realmHost: () => '', admits: () => true })] });
    registry.faults.push(requireBearer({ realmHost: () => tokens.host, admits: () => true }));
    const allowing = await transferStore({ CORRAL_REGISTRY_AUTH_HOSTS: tokens.host });
    expect((await allowing.pull(publish(registry, 1000).name)).error).toBeUndefined();
    await allowing.remove();
    await tokens.close();
  });

  test('that helps nothing is asked for once', async () => {
    registry.faults.push((request, reply) =>
      request.path === '/token'
        ? { status: 200, body: Buffer.from('{"token":"wrong"}') }
        : requireBearer({ realmHost: () => registry.host, admits: () => true })(request, reply),
    );
    const { error } = await store.pull(publish(registry, 1000).name);
    expect(error).toMatchObject({ code: 'registry_denied' });
    expect(tokenRequests(registry)).toHaveLength(1);
  });
});

/** As Ollama's servers check it: `<ssh public key>:<signature of "GET,<url>,<hash of nothing>">`. */
function isSigned({ headers, path, query }: RegistryRequest): boolean {
  const [key = '', signature = ''] = headers.authorization?.split(':') ?? [];
  const emptyHash = 'ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==';
  const signed = `GET,http://${headers.host}${path}?${query.toString()},${emptyHash}`;
  const raw = Buffer.from(key, 'base64').subarray(-32);
  const publicKey = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, Buffer.from(signed), publicKey, Buffer.from(signature, 'base64'));
}
