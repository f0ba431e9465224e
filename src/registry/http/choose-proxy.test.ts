import { expect, test } from 'vitest';
import { chooseProxy } from './choose-proxy.ts';

const proxies = { https: 'http://secure.proxy:1/', http: 'http://plain.proxy:1/' };

const cases: [url: string, except: string, proxy: string | undefined][] = [
  ['https://registry.ollama.ai', '', proxies.https],
  ['http://registry.lan:5000', '', proxies.http],
  ['http://localhost:5000', '', undefined],
  ['http://127.0.0.2:5000', '', undefined],
  ['http://[::1]:5000', '', undefined],
  ['https://registry.lan', '*', undefined],
  ['https://registry.lan', 'lan', undefined],
  ['https://registry.lan', '.lan', undefined],
  ['https://registry.lan', '*.lan', undefined],
  ['https://lan', '.lan', proxies.https],
  ['https://registry.lan', 'registry.lan:443', undefined],
  ['https://registry.lan:5000', 'registry.lan:443', proxies.https],
  ['https://notregistry.lan', 'registry.lan', proxies.https],
  ['https://10.1.2.3', '10.0.0.0/8', undefined],
  ['https://11.1.2.3', '10.0.0.0/8', proxies.https],
  ['https://[fd00::1]', 'fd00::/8', undefined],
  ['https://10.1.2.3', '10.1.2.3', undefined],
  ['https://10.1.2.3', 'nonsense/99', proxies.https],
];

test.each(cases)('%s, except %j', (url, except, proxy) => {
  expect(chooseProxy(new URL(url), { ...proxies, except: except.split(',') })).toBe(proxy);
});

test('nothing goes through a proxy where there is none', () => {
  expect(chooseProxy(new URL('https://registry.lan'), { https: undefined, http: proxies.http, except: [] })).toBe(
    undefined,
  );
});
