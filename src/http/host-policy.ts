/**
 * Which names the server answers to. A page from anywhere can point a name of its own at 127.0.0.1 and would then be "same origin"
 * (DNS rebinding); so a server on loopback answers only to addresses of the machine and to names that can't be registered publicly.
 * A server that listens for the network is reached by names nobody can list, and is not guarded.
 */
import { BlockList, isIP } from 'node:net';

export interface HostPolicy {
  /** Whether a request with this `Host` header is answered. */
  accepts(host: string): boolean;
  /** Whether the header is a name, not an address, that is accepted. */
  isAcceptedName(host: string): boolean;
}

export interface HostPolicyOptions {
  /** Where the server listens: an address or a name. */
  readonly listensOn: string;
  readonly machineName: string;
  /** The machine's own addresses, asked anew because interfaces come and go. */
  readonly ownAddresses: () => readonly string[];
}

const privateAddresses = new BlockList();
privateAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
privateAddresses.addSubnet('10.0.0.0', 8, 'ipv4');
privateAddresses.addSubnet('172.16.0.0', 12, 'ipv4');
privateAddresses.addSubnet('192.168.0.0', 16, 'ipv4');
privateAddresses.addAddress('0.0.0.0', 'ipv4');
privateAddresses.addAddress('::1', 'ipv6');
privateAddresses.addAddress('::', 'ipv6');
privateAddresses.addSubnet('fc00::', 7, 'ipv6');

const localSuffixes = ['.localhost', '.local', '.internal'];

export function createHostPolicy({ listensOn, machineName, ownAddresses }: HostPolicyOptions): HostPolicy {
  const guards = isLoopback(listensOn);
  const names = new Set(['', 'localhost', machineName.toLowerCase()]);
  const isAcceptedName = (host: string): boolean => {
    const name = hostname(host).toLowerCase();
    return isIP(name) === 0 && (names.has(name) || localSuffixes.some((suffix) => name.endsWith(suffix)));
  };
  const isAcceptedAddress = (host: string): boolean => {
    const address = hostname(host);
    const version = isIP(address);
    if (version === 0) return false;
    return privateAddresses.check(address, version === 6 ? 'ipv6' : 'ipv4') || ownAddresses().includes(address);
  };
  return {
    accepts: (host) => !guards || isAcceptedAddress(host) || isAcceptedName(host),
    isAcceptedName: (host) => guards && isAcceptedName(host),
  };
}

function isLoopback(listensOn: string): boolean {
  const address = hostname(listensOn);
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Without port and without the brackets of an IPv6 address. */
function hostname(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.includes(']') ? host.indexOf(']') : undefined);
  const colon = host.indexOf(':');
  // More than one colon and no brackets: an IPv6 address by itself.
  return colon === -1 || host.includes(':', colon + 1) ? host : host.slice(0, colon);
}
