/** The settings that lead to registries: mirror, proxy, authorities, bandwidth. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { startForwardProxy } from '../support/forward-proxy.ts';
import { startRegistry, type RegistryOptions, type RegistryServer } from '../support/registry-server.ts';
import { publish, transferStore, type TransferStore } from '../support/transfer-store.ts';

const certificateFile = fileURLToPath(new URL('../fixtures/registry-certificate.pem', import.meta.url));
const tls = {
  key: readFileSync(new URL('../fixtures/registry-key.pem', import.meta.url)),
  cert: readFileSync(certificateFile),
};

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function registry(options: RegistryOptions = {}): Promise<RegistryServer> {
  const server = await startRegistry(options);
  ending.push(() => server.close());
  return server;
}

async function store(environment: Readonly<Record<string, string>>): Promise<TransferStore> {
  const opened = await transferStore(environment);
  ending.push(() => opened.remove());
  return opened;
}

const portOf = ({ host }: RegistryServer) => host.split(':')[1] ?? '';

describe('a mirror', () => {
  test('is where a name without a host is sought, over the protocol that the setting says', async () => {
    const mirror = await registry();
    publish(mirror, 300_000, { repository: 'library/tiny' });
    const { pull, parts } = await store({ CORRAL_REGISTRY_MIRROR: `http://${mirror.host}` });
    expect((await pull('tiny', false)).error).toBeUndefined();
    expect((await parts.store.list()).map(({ name }) => `${name.host}/${name.model}`)).toEqual([
      'registry.ollama.ai/tiny',
    ]);
  });

  test('may keep its copies under a project', async () => {
    const mirror = await registry();
    publish(mirror, 1000, { repository: 'cache/ollama/library/tiny' });
    const { pull } = await store({ CORRAL_REGISTRY_MIRROR: `http://${mirror.host}/cache/ollama` });
    expect((await pull('tiny', false)).error).toBeUndefined();
  });

  test('is the only place, so what it lacks is not there', async () => {
    const mirror = await registry();
    const { pull } = await store({ CORRAL_REGISTRY_MIRROR: `http://${mirror.host}` });
    expect((await pull('tiny', false)).error?.message).toBe('pull model manifest: file does not exist');
    expect(mirror.requests).toHaveLength(1);
  });

  test('is passed over by a name with another host', async () => {
    const [mirror, own] = [await registry(), await registry()];
    const { pull } = await store({ CORRAL_REGISTRY_MIRROR: `http://${mirror.host}` });
    expect((await pull(publish(own, 1000).name)).error).toBeUndefined();
    expect(mirror.requests).toEqual([]);
  });

  test('is followed by the name’s own registry where the settings allow it', async () => {
    const [mirror, proxied] = [await registry(), await registry()];
    publish(proxied, 1000, { repository: 'library/tiny' });
    const proxy = await startForwardProxy(Number(portOf(proxied)));
    ending.push(() => proxy.close());
    const { pull } = await store({
      CORRAL_REGISTRY_MIRROR: `http://${mirror.host}`,
      CORRAL_REGISTRY_FALLBACK: '1',
      HTTP_PROXY: proxy.url,
    });
    expect((await pull('tiny')).error).toBeUndefined();
    expect(mirror.requests).toHaveLength(1);
    expect(proxy.asked[0]).toBe('GET http://registry.ollama.ai/v2/library/tiny/manifests/latest');
  });
});

describe('TLS', () => {
  test('with an authority of SSL_CERT_FILE is trusted', async () => {
    const secure = await registry({ tls });
    const { pull } = await store({ SSL_CERT_FILE: certificateFile });
    expect((await pull(publish(secure, 300_000).name, false)).error).toBeUndefined();
  });

  test('with an authority of NODE_EXTRA_CA_CERTS is trusted', async () => {
    const secure = await registry({ tls });
    const { pull } = await store({ NODE_EXTRA_CA_CERTS: certificateFile });
    expect((await pull(publish(secure, 300_000).name, false)).error).toBeUndefined();
  });

  test('with an unknown authority is refused, and says what to do', async () => {
    const secure = await registry({ tls });
    const { pull } = await store({});
    expect((await pull(publish(secure, 1000).name, false)).error).toMatchObject({
      message: `pull model manifest: ${secure.host} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT), at the manifest`,
      hint: "Give the registry's authority with SSL_CERT_FILE.",
    });
  });

  test('with a registry that speaks none says so', async () => {
    const plain = await registry();
    const { pull } = await store({});
    expect((await pull(publish(plain, 1000).name, false)).error).toMatchObject({
      message: `pull model manifest: ${plain.host} does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER), at the manifest`,
      hint: 'Use --insecure if this registry speaks plain HTTP.',
    });
  });

  test('with a file of authorities that is not there names the setting and no path', async () => {
    const secure = await registry({ tls });
    const { pull } = await store({ SSL_CERT_FILE: '/nonexistent/secret-place.pem' });
    const { error } = await pull(publish(secure, 1000).name, false);
    expect(error?.message).toBe("the certificates of SSL_CERT_FILE can't be read");
  });
});

describe('a proxy', () => {
  test('is tunnelled through to a registry with TLS', async () => {
    const secure = await registry({ tls });
    publish(secure, 300_000);
    const proxy = await startForwardProxy(Number(portOf(secure)));
    ending.push(() => proxy.close());
    const { pull } = await store({ HTTPS_PROXY: proxy.url, SSL_CERT_FILE: certificateFile });
    expect((await pull('registry.test/test/model', false)).error).toBeUndefined();
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT registry.test:443']));
  });

  test('is asked for what a registry without TLS has', async () => {
    const plain = await registry();
    publish(plain, 300_000);
    const proxy = await startForwardProxy(Number(portOf(plain)));
    ending.push(() => proxy.close());
    const { pull } = await store({ HTTP_PROXY: proxy.url });
    expect((await pull('registry.test:5000/test/model')).error).toBeUndefined();
    expect(proxy.asked[0]).toBe('GET http://registry.test:5000/v2/test/model/manifests/latest');
  });

  test('is passed by for what NO_PROXY names', async () => {
    const proxy = await startForwardProxy(1);
    ending.push(() => proxy.close());
    const { pull } = await store({ HTTP_PROXY: proxy.url, NO_PROXY: '.invalid' });
    expect((await pull('registry.invalid/test/model')).error?.message).toMatch(/registry\.invalid can't be reached/);
    expect(proxy.asked).toEqual([]);
  });
});

test('a limit on downloads is kept', async () => {
  const source = await registry();
  const { pull } = await store({ CORRAL_DOWNLOAD_LIMIT: '4MB/s' });
  const startedMs = performance.now();
  expect((await pull(publish(source, 3_000_000).name)).error).toBeUndefined();
  const seconds = (performance.now() - startedMs) / 1000;
  expect(seconds).toBeGreaterThan(0.65);
  expect(seconds).toBeLessThan(2);
});
