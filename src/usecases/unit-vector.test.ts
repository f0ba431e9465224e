import { expect, it } from 'vitest';
import { firstComponents, isFiniteVector } from './unit-vector.ts';

it('cuts a vector and makes it unit length again', () => {
  expect([...firstComponents(Float32Array.of(3, 4, 12), 2)]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
});

it.each([0, 3, 5])('leaves a vector of 3 as it is for %i dimensions', (dimensions) => {
  const vector = Float32Array.of(1, 2, 3);
  expect(firstComponents(vector, dimensions)).toBe(vector);
});

it('leaves a vector of zeros at zero', () => {
  expect([...firstComponents(Float32Array.of(0, 0, 1), 2)]).toEqual([0, 0]);
});

it.each([NaN, Infinity, -Infinity])('finds %d in a vector', (value) => {
  expect(isFiniteVector(Float32Array.of(1, value))).toBe(false);
  expect(isFiniteVector(Float32Array.of(1, 2))).toBe(true);
});
