import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { parseOpensshKey, printOpensshKey, sshPublicKey } from './openssh-key.ts';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Made by real Ollama for this test, and used nowhere. */
const recorded = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz
c2gtZWQyNTUxOQAAACDnmj5LZKfMm1SDY772lbQmULjdUAWDJ9SGgy2pcko3KwAA
AIjwhJ/98ISf/QAAAAtzc2gtZWQyNTUxOQAAACDnmj5LZKfMm1SDY772lbQmULjd
UAWDJ9SGgy2pcko3KwAAAEDy6mS/k/CPyd24kh/+Oiv8i7h19ZkFBuDlfvxbbX7y
MueaPktkp8ybVINjvvaVtCZQuN1QBYMn1IaDLalySjcrAAAAAAECAwQF
-----END OPENSSH PRIVATE KEY-----
`;
const recordedPublic = 'AAAAC3NzaC1lZDI1NTE5AAAAIOeaPktkp8ybVINjvvaVtCZQuN1QBYMn1IaDLalySjcr';

describe('an OpenSSH key', () => {
  test('that Ollama made is read', () => {
    const key = parseOpensshKey(recorded);
    expect(sshPublicKey(key.publicKey).toString('base64')).toBe(recordedPublic);
  });

  test('that is printed is read back', () => {
    fc.assert(
      fc.property(bytes32, bytes32, fc.nat(), (seed, publicKey, check) => {
        expect(parseOpensshKey(printOpensshKey({ seed, publicKey }, check))).toEqual({ seed, publicKey });
      }),
    );
  });

  test('with any bytes changed gives a key or the typed error', () => {
    const good = printOpensshKey({ seed: new Uint8Array(32), publicKey: new Uint8Array(32) }, 1).split('\n');
    const body = Buffer.from(good.slice(1, -2).join(''), 'base64');
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(255), fc.nat(body.length), (at, value, cut) => {
        const changed = Buffer.from(body.subarray(0, Math.max(cut, at + 1)));
        changed[at] = value;
        expect(outcomeOf([good[0], changed.toString('base64'), good.at(-2)].join('\n'))).toBe('key or typed error');
      }),
    );
  });

  test.each(['', 'nonsense', '-----BEGIN OPENSSH PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----\nAA==\n'])(
    'is not %j',
    (text) => {
      expect(() => parseOpensshKey(text)).toThrow("the key id_ed25519 can't be used");
    },
  );
});

function outcomeOf(text: string): string {
  try {
    parseOpensshKey(text);
    return 'key or typed error';
  } catch (error) {
    return error instanceof CorralError ? 'key or typed error' : String(error);
  }
}
