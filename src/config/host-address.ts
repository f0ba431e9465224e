/**
 * The server's address as OLLAMA_HOST spells it: `[scheme://]host[:port][/]`, where each part may be missing. The rules are those
 * of Ollama's command, so that one variable means the same to both; see the table of cases in the test.
 */
import { isIPv6 } from 'node:net';
import type { HostAddress } from './settings.ts';

export const defaultHostAddress: HostAddress = { scheme: 'http', hostname: '127.0.0.1', port: 11434 };

/** The address in `text`; what can't be used is replaced by its default and told to `warn`. */
export function parseHostAddress(text: string, warn: (reason: string) => void): HostAddress {
  const schemeEnd = text.indexOf('://');
  const schemeText = schemeEnd === -1 ? '' : text.slice(0, schemeEnd).toLowerCase();
  const rest = schemeEnd === -1 ? text : text.slice(schemeEnd + 3);
  const scheme = schemeText === 'https' ? 'https' : 'http';
  if (schemeText !== '' && schemeText !== scheme) warn(`unknown scheme "${schemeText}", http is used`);

  const slash = rest.indexOf('/');
  const hostPort = slash === -1 ? rest : rest.slice(0, slash);
  if (slash !== -1 && /[^/]/.test(rest.slice(slash))) warn('a path in the address is ignored');

  const defaultPort = { '': defaultHostAddress.port, http: 80, https: 443 }[schemeText] ?? defaultHostAddress.port;
  const { hostname, port } = splitHostPort(hostPort);
  return { scheme, hostname, port: port === undefined ? defaultPort : usablePort(port, defaultPort, warn) };
}

/** The address as the beginning of a URL: `http://[::1]:11434`. */
export function formatHostAddress({ scheme, hostname, port }: HostAddress): string {
  return `${scheme}://${isVersion6(hostname) ? `[${hostname}]` : hostname}:${port}`;
}

/** `isIPv6`, asked only where two colons make it possible: its regular expression takes 5 ms to be made, at every start. */
function isVersion6(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':') && isIPv6(text);
}

function splitHostPort(text: string): { hostname: string; port: string | undefined } {
  const unbracketed = text.replace(/^\[|\]$/g, '');
  if (isVersion6(unbracketed)) return { hostname: unbracketed, port: undefined };
  const colon = text.lastIndexOf(':');
  if (colon === -1) return { hostname: text === '' ? defaultHostAddress.hostname : text, port: undefined };
  const hostname = text.slice(0, colon).replace(/^\[|\]$/g, '');
  // `:8080` has always meant every interface.
  return { hostname: hostname === '' ? '0.0.0.0' : hostname, port: text.slice(colon + 1) };
}

function usablePort(text: string, defaultPort: number, warn: (reason: string) => void): number {
  const port = /^\+?\d{1,10}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65535) return port;
  warn(`invalid port "${text}", ${defaultPort} is used`);
  return defaultPort;
}
