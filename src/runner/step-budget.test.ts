import { expect, it } from 'vitest';
import { StepBudget } from './step-budget.ts';

/** A budget that has seen a machine of that speed. */
function budgetAt(tokensPerSecond: number, mostTokens = 2048): StepBudget {
  const budget = new StepBudget(mostTokens);
  budget.record(128, (128 / tokensPerSecond) * 1000);
  return budget;
}

it.each([
  ['a fast machine', 1600, 384, 1920],
  ['a batch that holds less', 1600, 384, 512, 512],
  ['a machine for which the bound means small steps', 200, 128, 224],
  ['one that needs more than a second for 128 tokens', 100, 96, 96],
  ['a very slow one computes a tile', 10, 64, 64],
])('%s', (_name, tokensPerSecond, besideDecoding, otherwise, mostTokens = 2048) => {
  const budget = budgetAt(tokensPerSecond, mostTokens);
  expect([budget.tokens(true), budget.tokens(false)]).toEqual([besideDecoding, otherwise]);
});

it('counts the time that the threads had, but bounds the gap between the tokens of others as it is', () => {
  const alone = budgetAt(1700);
  const crowded = new StepBudget(4096);
  for (let step = 0; step < 40; step++) crowded.record(1700, 2000, 0.5);
  expect(crowded.tokens(false)).toBe(alone.tokens(false));
  expect([alone.tokens(true), crowded.tokens(true)]).toEqual([416, 192]);
});

it('starts with two tiles, before anything was measured', () => {
  expect(new StepBudget(512).tokens(true)).toBe(128);
});

it('leaves small steps out of the measurement', () => {
  const budget = budgetAt(1600);
  budget.record(1, 1000);
  expect(budget.tokens(false)).toBe(1920);
});
