import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientKey } from './client-key.ts';

const key = (headers: IncomingMessage['headers'], remoteAddress: string | undefined = '127.0.0.1') =>
  clientKey({ headers, socket: { remoteAddress } as IncomingMessage['socket'] });

describe('a client', () => {
  it('is the same for the same key and address, however the address is written', () => {
    expect(key({ authorization: 'Bearer a' })).toBe(key({ authorization: 'Bearer a' }));
    expect(key({ authorization: 'Bearer a' }, '::ffff:127.0.0.1')).toBe(key({ authorization: 'Bearer a' }));
  });

  it('is told apart by its key in either way, and by its address', () => {
    const keys = [
      key({}),
      key({ authorization: 'Bearer a' }),
      key({ authorization: 'Bearer b' }),
      key({ 'x-api-key': 'Bearer a' }),
      key({ 'x-api-key': 'b' }),
      key({}, '10.0.0.2'),
      key({ authorization: 'Bearer a' }, '10.0.0.2'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('without an address is one still', () => {
    expect(key({}, undefined)).toBe(key({}, undefined));
  });

  it('is not told by what comes out', () => {
    expect(key({ authorization: 'Bearer secret' })).toMatch(/^[\w-]{16}$/);
  });
});
