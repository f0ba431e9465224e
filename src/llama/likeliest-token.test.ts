import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { likeliestToken } from './likeliest-token.ts';

function likeliestOf(logits: Float32Array): number {
  return likeliestToken(new Int32Array(logits.buffer, logits.byteOffset, logits.length));
}

/** As the engine's greedy sampler chooses. */
function firstHighest(logits: Float32Array): number {
  let best = 0;
  for (const [token, logit] of logits.entries()) if (logit > (logits[best] ?? 0)) best = token;
  return best;
}

describe('the likeliest token', () => {
  test('is the first with the highest logit, whatever the logits are', () => {
    const logit = fc.oneof(
      fc.float({ noNaN: true }),
      fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity),
      fc.integer({ min: -3, max: 3 }),
    );
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 70 }), fc.array(logit, { maxLength: 70 }), (any, some) => {
        expect(likeliestOf(any)).toBe(firstHighest(any));
        const logits = Float32Array.from([...some, 0.5]);
        expect(likeliestOf(logits)).toBe(firstHighest(logits));
      }),
    );
  });

  test.each([
    ['in the last of several blocks', Float32Array.from({ length: 64 }, (_, at) => at), 63],
    ['behind the last whole block', Float32Array.from({ length: 67 }, (_, at) => (at === 66 ? 5 : 1)), 66],
    ['where none is above zero', Float32Array.of(-3, -1, -2, -1), 1],
    ['where all are banned but one', Float32Array.of(-Infinity, -1e30, -Infinity), 1],
    ['where some are no numbers', Float32Array.of(1, NaN, 4, NaN, 2, 0, 0, 0, 0), 2],
    ['where all are no numbers', new Float32Array(20).fill(NaN), 0],
  ])('is found %s', (_, logits, token) => {
    expect(likeliestOf(logits)).toBe(token);
    expect(firstHighest(logits)).toBe(token);
  });
});
