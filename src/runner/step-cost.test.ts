import { describe, expect, test } from 'vitest';
import { StepCost } from './step-cost.ts';

describe('the cost of a step', () => {
  test('is a shape in units of one token before anything was measured', () => {
    const cost = new StepCost();
    expect(cost.ms(1)).toBe(1);
    expect(cost.ms(2)).toBeCloseTo(1.88, 5);
    expect(cost.ms(16)).toBeCloseTo(6.64, 5);
  });

  test('scales the shape by the first token measured', () => {
    const cost = new StepCost();
    cost.record(1, 50);
    expect(cost.ms(1)).toBe(50);
    expect(cost.ms(8)).toBeCloseTo(50 * 3.92, 3);
  });

  test('follows a straight line that is measured', () => {
    const cost = new StepCost();
    for (let i = 0; i < 100; i++) {
      cost.record(1, 4);
      for (const tokens of [2, 5, 9, 17]) cost.record(tokens, 5 + tokens);
    }
    for (const tokens of [2, 8, 16, 30]) expect(cost.ms(tokens) / (5 + tokens)).toBeCloseTo(1, 1);
  });

  test('tells where a token more fills up a tile', () => {
    const cost = new StepCost();
    const tiled = (tokens: number) => 10 + 10 * Math.ceil(tokens / 4);
    for (let i = 0; i < 100; i++) {
      cost.record(1, 6);
      cost.record(2 + (i % 40), tiled(2 + (i % 40)));
    }
    expect(cost.ms(8) - cost.ms(7)).toBeLessThan(1);
    expect(cost.ms(20) - cost.ms(17)).toBeLessThan(2);
    expect(cost.ms(21) - cost.ms(20)).toBeGreaterThan(6);
  });

  test('is not misled by a step that others held up', () => {
    const cost = new StepCost();
    for (let i = 0; i < 200; i++) for (const tokens of [2, 5, 8, 11]) cost.record(tokens, 5 + tokens);
    const before = cost.ms(12);
    cost.record(8, 500);
    for (let i = 0; i < 60; i++) for (const tokens of [2, 5, 8, 11]) cost.record(tokens, 5 + tokens);
    expect(cost.ms(12)).toBeCloseTo(before, 0);
  });

  test('of more tokens is never less than of one', () => {
    const cost = new StepCost();
    cost.record(1, 10);
    for (let i = 0; i < 50; i++) cost.record(4, 1);
    expect(cost.ms(2)).toBeGreaterThanOrEqual(10);
  });

  test('of more tokens does not hang on a bad first step of one', () => {
    const cost = new StepCost();
    cost.record(1, 16.5);
    for (let i = 0; i < 50; i++) cost.record(8, 28);
    expect(cost.ms(16)).toBeCloseTo((28 * 6.64) / 3.92, 0);
    for (let i = 0; i < 5; i++) cost.record(1, 6);
    expect(cost.ms(1)).toBeLessThan(6.5);
  });

  test('of one token is guessed from company where it was never alone', () => {
    const cost = new StepCost();
    for (let i = 0; i < 50; i++) cost.record(8, 39.2);
    expect(cost.ms(1)).toBeCloseTo(10, 1);
  });
});
