import { describe, expect, test } from 'vitest';
import { DraftTrust } from './draft-trust.ts';

describe('trust in a draft model', () => {
  test('begins with what is expected of it', () => {
    expect(new DraftTrust().share(0.7)).toBe(0.7);
  });

  test('goes towards what is seen', () => {
    const right = new DraftTrust();
    const wrong = new DraftTrust();
    for (let i = 0; i < 20; i++) {
      right.record(8, 8);
      wrong.record(3, 0);
    }
    expect(right.share(0.45)).toBeGreaterThan(0.9);
    expect(wrong.share(0.85)).toBeLessThan(0.3);
  });

  test('does not count what comes after a wrong token', () => {
    const long = new DraftTrust();
    const short = new DraftTrust();
    long.record(16, 0);
    short.record(1, 0);
    expect(long.share(0.75)).toBe(short.share(0.75));
  });

  test('comes back when nothing was drafted for long', () => {
    const trust = new DraftTrust();
    for (let i = 0; i < 20; i++) trust.record(3, 0);
    const low = trust.share(0.85);
    for (let i = 0; i < 400; i++) trust.record(0, 0);
    expect(trust.share(0.85)).toBeGreaterThan(low + 0.2);
  });
});
