import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blobFileName, parseDigest } from './digest.ts';

const hex = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

describe('parseDigest', () => {
  it.each([`sha256:${hex}`, `sha256-${hex}`, `sha256:${hex.toUpperCase()}`])('reads %s', (text) => {
    expect(parseDigest(text)).toBe(`sha256:${hex}`);
  });

  it.each([
    '',
    hex,
    `sha256${hex}`,
    `sha512:${hex}`,
    `sha256:${hex}0`,
    `sha256:${hex.slice(1)}`,
    `sha256:${hex}\n`,
    ` sha256:${hex}`,
    `sha256-${hex}-partial`,
    `sha256:../../${hex.slice(6)}`,
    `sha256:${'g'.repeat(64)}`,
  ])('refuses %j', (text) => {
    expect(parseDigest(text)).toBeUndefined();
  });

  it('comes back from its file name', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(digits, (digits) => {
        const digest = parseDigest(`sha256:${digits}`);
        if (digest === undefined) throw new Error('not read');
        expect(blobFileName(digest)).toBe(`sha256-${digits}`);
        expect(parseDigest(blobFileName(digest))).toBe(digest);
      }),
    );
  });
});
