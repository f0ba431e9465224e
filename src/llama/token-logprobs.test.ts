import { expect, test } from 'vitest';
import { tokenLogprobs } from './token-logprobs.ts';

test('log probabilities are those of a softmax, the likeliest first', () => {
  const logits = Float32Array.of(1, 3, 2, -4);
  const total = [1, 3, 2, -4].reduce((sum, logit) => sum + Math.exp(logit), 0);
  const { logprob, top } = tokenLogprobs(logits, 2, 3);
  expect(logprob).toBeCloseTo(2 - Math.log(total), 5);
  expect(top.map(({ token }) => token)).toEqual([1, 2, 0]);
  expect(Math.exp(top[0]?.logprob ?? 0)).toBeCloseTo(Math.exp(3) / total, 5);
});

test('no alternatives are given when none are asked for', () => {
  expect(tokenLogprobs(Float32Array.of(0, 0), 1, 0)).toEqual({ logprob: Math.log(0.5), top: [] });
});
