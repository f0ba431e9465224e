/** Where the server of the settings is reached, and how it is named to people. */
import type { HostAddress } from '../config/settings.ts';

/** A server that listens on every address is reached on this machine's own. */
export function connectAddress(host: HostAddress): HostAddress {
  return { ...host, hostname: connectHostname(host.hostname) };
}

function connectHostname(hostname: string): string {
  if (hostname === '0.0.0.0' || hostname === '') return '127.0.0.1';
  return hostname === '::' || hostname === '[::]' ? '::1' : hostname.replace(/^\[(.*)\]$/, '$1');
}

/** `address` as `connectAddress` gives it. */
export function isLoopback({ hostname }: HostAddress): boolean {
  return hostname === 'localhost' || hostname === '::1' || hostname.startsWith('127.');
}

export function addressText({ hostname, port }: HostAddress): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}
