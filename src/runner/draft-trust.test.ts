import { describe, expect, test } from 'vitest';
import { DraftTrust } from './draft-trust.ts';

describe('trust in drafts', () => {
  test('begins higher the longer the text agrees', () => {
    const trust = new DraftTrust();
    expect([1, 2, 3, 4, 8, 16].map((matching) => trust.share(matching))).toEqual([0, 0.45, 0.6, 0.75, 0.85, 0.85]);
  });

  test('goes towards what is seen', () => {
    const right = new DraftTrust();
    const wrong = new DraftTrust();
    for (let i = 0; i < 20; i++) {
      right.record(8, 8);
      wrong.record(3, 0);
    }
    expect(right.share(2)).toBeGreaterThan(0.9);
    expect(wrong.share(8)).toBeLessThan(0.3);
  });

  test('does not count what comes after a wrong token', () => {
    const long = new DraftTrust();
    const short = new DraftTrust();
    long.record(16, 0);
    short.record(1, 0);
    expect(long.share(4)).toBe(short.share(4));
  });

  test('comes back when nothing was drafted for long', () => {
    const trust = new DraftTrust();
    for (let i = 0; i < 20; i++) trust.record(3, 0);
    const low = trust.share(8);
    for (let i = 0; i < 400; i++) trust.record(0, 0);
    expect(trust.share(8)).toBeGreaterThan(low + 0.2);
  });
});
