import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHostAddress, parseHostAddress } from './host-address.ts';

// The right-hand sides are what Ollama's server says it listens on for the same text.
describe('parseHostAddress', () => {
  const addresses: [text: string, url: string][] = [
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://0.0.0.0:11434'],
    ['localhost', 'http://localhost:11434'],
    ['example.test:8080', 'http://example.test:8080'],
    ['http://', 'http://127.0.0.1:80'],
    ['https://', 'https://127.0.0.1:443'],
    ['http://localhost', 'http://localhost:80'],
    ['https://localhost/', 'https://localhost:443'],
    ['HTTPS://localhost', 'https://localhost:443'],
    ['http://localhost:8777/', 'http://localhost:8777'],
    ['::1', 'http://[::1]:11434'],
    ['[::1]', 'http://[::1]:11434'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['https://[::]', 'https://[::]:443'],
    ['[localhost]:5555', 'http://localhost:5555'],
    ['fe80::1%eth0', 'http://[fe80::1%eth0]:11434'],
    ['localhost:07778', 'http://localhost:7778'],
    ['localhost:+5555', 'http://localhost:5555'],
    ['localhost:0', 'http://localhost:0'],
    ['localhost:65535', 'http://localhost:65535'],
  ];
  it.each(addresses)('%j is %s', (text, url) => {
    const warnings: string[] = [];
    expect(formatHostAddress(parseHostAddress(text, (reason) => warnings.push(reason)))).toBe(url);
    expect(warnings).toEqual([]);
  });

  it('takes a bare port as every interface', () => {
    expect(parseHostAddress(':8080', () => {})).toEqual({ scheme: 'http', hostname: '0.0.0.0', port: 8080 });
  });

  const doubtful: [text: string, url: string, warning: string][] = [
    ['127.0.0.1:abc', 'http://127.0.0.1:11434', 'invalid port "abc", 11434 is used'],
    ['127.0.0.1:', 'http://127.0.0.1:11434', 'invalid port "", 11434 is used'],
    ['127.0.0.1:-1', 'http://127.0.0.1:11434', 'invalid port "-1", 11434 is used'],
    ['[::1]:99999', 'http://[::1]:11434', 'invalid port "99999", 11434 is used'],
    ['https://h:65536', 'https://h:443', 'invalid port "65536", 443 is used'],
    ['ftp://localhost', 'http://localhost:11434', 'unknown scheme "ftp", http is used'],
    ['localhost:8/path', 'http://localhost:8', 'a path in the address is ignored'],
  ];
  it.each(doubtful)('%j is %s with a warning', (text, url, warning) => {
    const warnings: string[] = [];
    expect(formatHostAddress(parseHostAddress(text, (reason) => warnings.push(reason)))).toBe(url);
    expect(warnings).toEqual([warning]);
  });

  it('gives a usable port and some host for any text', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(':', '/', '[', ']', '1', 'a', '.', '%') }));
    fc.assert(
      fc.property(text, (text) => {
        const { port, scheme } = parseHostAddress(text, () => {});
        expect(Number.isInteger(port) && port >= 0 && port <= 65535).toBe(true);
        expect(['http', 'https']).toContain(scheme);
      }),
    );
  });

  it('reads back what it shows', () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
    const address = fc.record({ scheme: fc.constantFrom('http', 'https'), hostname: host, port: fc.nat(65535) });
    fc.assert(
      fc.property(address, (address) => {
        expect(parseHostAddress(formatHostAddress(address), () => {})).toEqual(address);
      }),
    );
  });
});
