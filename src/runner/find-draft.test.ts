import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDraft } from './find-draft.ts';

describe('a draft from the text itself', () => {
  test.each<[string, readonly number[], number, readonly number[] | undefined]>([
    ['goes on as the last two tokens did before', [1, 2, 3, 4, 9, 1, 2], 2, [3, 4]],
    ['is not made from a single token in common', [1, 2, 3, 4, 9, 2], 4, undefined],
    ['follows the longest agreement, not the latest', [5, 1, 2, 7, 8, 1, 2, 9, 5, 1, 2], 1, [7]],
    ['follows the latest of equally long ones', [5, 1, 2, 7, 8, 1, 2, 9, 6, 1, 2], 1, [9]],
    ['repeats a text that repeats itself', [3, 1, 2, 1, 2], 5, [1, 2, 1, 2, 1]],
    ['repeats a token that repeats itself', [3, 7, 7, 7], 3, [7, 7, 7]],
    ['is not made where nothing is asked for', [1, 2, 3, 1, 2], 0, undefined],
    ['is not made from nothing', [], 4, undefined],
    ['is not made from one token', [1], 4, undefined],
  ])('%s', (_, tokens, most, expected) => {
    expect(findDraft(tokens, most)?.tokens).toEqual(expected);
  });

  test('says how far the text agrees, up to 16 tokens', () => {
    expect(findDraft([1, 2, 3, 4, 1, 2, 3], 1)?.matching).toBe(3);
    const long = Array.from({ length: 30 }, (_, i) => i);
    expect(findDraft([...long, 99, ...long], 1)).toEqual({ tokens: [99], matching: 16 });
  });

  test('is as long as asked for and follows an agreement that is really there', () => {
    const text = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (tokens, most) => {
        const draft = findDraft(tokens, most);
        if (draft === undefined) return;
        expect(draft.tokens).toHaveLength(most);
        const ending = tokens.slice(-draft.matching).join();
        const places = [...tokens.keys()].filter((at) => tokens.slice(at, at + draft.matching).join() === ending);
        const followers = places.map((at) => tokens[at + draft.matching]);
        expect(followers).toContain(draft.tokens[0]);
      }),
    );
  });
});
