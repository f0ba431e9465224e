/** Settings that are addresses in the network. A password in one is used and never shown. */
import type { SettingKind } from './setting-kinds.ts';
import type { RegistryMirror } from './settings.ts';

/** `[scheme://]host[:port][/path]`; undefined for what is no such address or has another scheme. */
function readAddress(text: string, schemes: readonly string[], defaultScheme: string): URL | undefined {
  const address = text.includes('://') ? text : `${defaultScheme}://${text}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== '' ? url : undefined;
}

/** A proxy is spoken to in plain HTTP unless it says otherwise, as everywhere. */
export const proxyKind: SettingKind<string | undefined> = {
  read: (text) => readAddress(text, ['http', 'https', 'socks5'], 'http')?.href,
  show(text) {
    if (text === undefined) return '';
    const { protocol, host } = new URL(text);
    return `${protocol}//${host}`;
  },
};

/** Names of projects as registries allow them. */
const prefixPattern = /^[\w][\w.-]*(?:\/[\w][\w.-]*)*$/;

/** Credentials belong into `corral login`, not into an address. */
export const registryMirrorKind: SettingKind<RegistryMirror | undefined> = {
  read(text) {
    const url = readAddress(text, ['http', 'https'], 'https');
    if (url === undefined || url.username !== '' || url.password !== '' || url.search !== '') return undefined;
    const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
    if (prefix !== '' && !prefixPattern.test(prefix)) return undefined;
    return { scheme: url.protocol === 'http:' ? 'http' : 'https', host: url.host, prefix };
  },
  show(mirror) {
    if (mirror === undefined) return '';
    return `${mirror.scheme}://${mirror.host}${mirror.prefix === '' ? '' : `/${mirror.prefix}`}`;
  },
};
