import { expect, it } from 'vitest';
import { divergence } from './divergence.ts';

const logits = (...probabilities: number[]) => Float32Array.from(probabilities, (one) => Math.log(one) + 3);

it('is nothing between equal distributions, whatever is added to all logits', () => {
  const base = logits(0.5, 0.25, 0.25);
  const { nats, agrees } = divergence(
    base,
    base.map((one) => one - 40),
  );
  expect(nats).toBeCloseTo(0, 6);
  expect(agrees).toBe(true);
});

it('is the sum of p log(p / q), and tells when the first choice changes', () => {
  const { nats, agrees } = divergence(logits(0.5, 0.25, 0.25), logits(0.25, 0.5, 0.25));
  expect(nats).toBeCloseTo(0.5 * Math.log(2) - 0.25 * Math.log(2), 5);
  expect(agrees).toBe(false);
});

it('does not overflow', () => {
  expect(divergence(Float32Array.of(2000, 0), Float32Array.of(2000, 1000)).nats).toBeCloseTo(0, 6);
});
