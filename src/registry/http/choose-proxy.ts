/**
 * Which proxy a URL is reached through: the rules of Go's programs, Ollama's among them, so that the same environment means the same.
 * Pure.
 */
import { BlockList, isIP } from 'node:net';
import type { ProxySettings } from '../../config/settings.ts';

/** The proxy's URL; undefined = directly. Loopback is always direct: no proxy could mean this machine. */
export function chooseProxy(url: URL, { https, http, except }: ProxySettings): string | undefined {
  const proxy = url.protocol === 'https:' ? https : http;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (proxy === undefined || isLoopback(host) || except.some((entry) => matches(entry, host, port))) return undefined;
  return proxy;
}

/** An entry of NO_PROXY: `*`, an address, a network, `domain` (it and all below) or `.domain` (all below); perhaps with a port. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const text = entry.toLowerCase();
  const network = /^(.+)\/(\d{1,3})$/.exec(text);
  if (network !== null) return isInNetwork(host, network[1] ?? '', Number(network[2]));
  const withPort = /^(\[.+\]|[^:]+):(\d+)$/.exec(text);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? text).replace(/^\[|\]$/g, '').replace(/^\*\./, '.');
  if (name === '') return false;
  return name.startsWith('.') ? host.endsWith(name) : host === name || (isIP(name) === 0 && host.endsWith(`.${name}`));
}

function isInNetwork(host: string, address: string, bits: number): boolean {
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version || bits > (version === 4 ? 32 : 128)) return false;
  const network = new BlockList();
  network.addSubnet(address, bits, family(version));
  return network.check(host, family(version));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function family(version: number): 'ipv4' | 'ipv6' {
  return version === 6 ? 'ipv6' : 'ipv4';
}
