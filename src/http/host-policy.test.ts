import { describe, expect, it } from 'vitest';
import { createHostPolicy } from './host-policy.ts';

const policy = (listensOn: string) =>
  createHostPolicy({ listensOn, machineName: 'MyBox', ownAddresses: () => ['203.0.113.7'] });

describe('which names a server on loopback answers to', () => {
  it.each([
    ['an empty name', '', true],
    ['localhost', 'localhost', true],
    ['localhost with a port', 'LOCALHOST:11434', true],
    ['the machine’s name', 'mybox:11434', true],
    ['a name under .local', 'mybox.local', true],
    ['a name under .internal', 'host.docker.internal:11434', true],
    ['a name under .localhost', 'ai.localhost', true],
    ['loopback', '127.0.0.1:11434', true],
    ['any loopback address', '127.9.9.9', true],
    ['IPv6 loopback', '[::1]:11434', true],
    ['IPv6 loopback without a port', '[::1]', true],
    ['a private address', '192.168.1.5:11434', true],
    ['another private address', '172.31.0.1', true],
    ['a unique local IPv6 address', '[fd00::1]:80', true],
    ['the unspecified address', '0.0.0.0:11434', true],
    ['an address of its own', '203.0.113.7:11434', true],
    ['a public address that is not its own', '203.0.113.8', false],
    ['an address just outside of the private ones', '172.32.0.1', false],
    ['a public name', 'evil.example', false],
    ['a public name with a port', 'evil.example:11434', false],
    ['a name that begins like localhost', 'localhost.evil.example', false],
    ['a name that ends like one', 'evillocal', false],
    ['an address inside of a name', '127.0.0.1.evil.example', false],
    ['broken brackets', '[::1', true],
  ])('%s', (_, host, accepted) => {
    expect(policy('127.0.0.1').accepts(host)).toBe(accepted);
  });

  it.each(['127.0.0.1', '::1', 'localhost', '127.0.0.5'])('guards a server on %s', (listensOn) => {
    expect(policy(listensOn).accepts('evil.example')).toBe(false);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5'])('does not guard a server on %s', (listensOn) => {
    expect(policy(listensOn).accepts('evil.example')).toBe(true);
    expect(policy(listensOn).isAcceptedName('localhost')).toBe(false);
  });

  it('knows names from addresses', () => {
    expect(policy('127.0.0.1').isAcceptedName('localhost:1')).toBe(true);
    expect(policy('127.0.0.1').isAcceptedName('127.0.0.1:1')).toBe(false);
  });
});
