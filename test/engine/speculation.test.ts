/** Drafted tokens change how fast an answer comes and nothing else: the same runner answers with and without them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../src/engine/runner.ts';
import { answer, ask, start } from '../support/starter-runner.ts';

/** Short enough that all of them together stay in one attention kernel, see docs/decisions/0004. */
const questions = [
  'Repeat this five times: the bank is open on Monday.',
  'Count from one to twenty.',
  'Why is the sky blue?',
  '안녕하세요를 다섯 번 반복하세요.',
  'Write the numbers 1 2 3 1 2 3 1 2 3 and go on.',
];

let runner: Runner;
beforeAll(async () => {
  runner = await start();
});
afterAll(() => runner.close());

describe('speculation', () => {
  test.each(questions)('leaves a greedy answer as it is: %s', async (question) => {
    const plain = await answer(runner, ask(question, { numPredict: 80, mostDrafted: 0 }));
    const drafted = await answer(runner, ask(question, { numPredict: 80, mostDrafted: 16 }));
    expect(drafted.text).toBe(plain.text);
    expect(drafted.done.generatedTokens).toBe(plain.done.generatedTokens);
    expect(drafted.done.reason).toBe(plain.done.reason);
  });

  test('leaves a drawn answer as it is: the same seed draws the same tokens', async () => {
    const sampling = { ...ask('').sampling, temperature: 0.7, topK: 40, topP: 0.9, seed: 7 };
    const plain = await answer(runner, ask(questions[0] ?? '', { numPredict: 60, sampling }));
    const drafted = await answer(runner, ask(questions[0] ?? '', { numPredict: 60, sampling, mostDrafted: 16 }));
    expect(drafted.text).toBe(plain.text);
  });

  test('checks several tokens of a text that repeats itself in one step', async () => {
    const prompt = 'Dear all, the bank is open on Monday and closed on Sunday. '.repeat(3);
    const request = { ...ask('', { numPredict: 60, mostDrafted: 16 }), prompt };
    const { pieces, done } = await answer(runner, request);
    // How far the answer goes depends on the processor's rounding.
    expect(done.generatedTokens).toBeGreaterThan(5);
    expect(pieces.length).toBeLessThan(done.generatedTokens);
  });

  test('keeps stop strings, limits, penalties and log probabilities', async () => {
    const question = 'Write the numbers 1 2 3 1 2 3 1 2 3 and go on.';
    for (const changes of [
      { stop: ['3'] },
      { numPredict: 7 },
      { sampling: { ...ask('').sampling, repeatPenalty: 1.3, repeatLastN: 64 } },
      { topLogprobs: 2 },
    ]) {
      const plain = await answer(runner, ask(question, { numPredict: 40, ...changes }));
      const drafted = await answer(runner, ask(question, { numPredict: 40, ...changes, mostDrafted: 16 }));
      expect(drafted.text).toBe(plain.text);
      expect(drafted.done.generatedTokens).toBe(plain.done.generatedTokens);
      expect(drafted.logprobs.map(({ token }) => token)).toEqual(plain.logprobs.map(({ token }) => token));
    }
  });

  test('a prompt that goes on behind a drafted answer finds its cells', async () => {
    const question = questions[0] ?? '';
    const first = await answer(runner, ask(question, { numPredict: 60, mostDrafted: 16, returnTokens: true }));
    const prompt = `${ask(question).prompt}${first.text}`;
    const next = await answer(runner, { ...ask('', { numPredict: 8 }), prompt });
    expect(next.done.cachedTokens).toBeGreaterThan(next.done.promptTokens * 0.8);
    const fresh = await start();
    try {
      expect(next.text).toBe((await answer(fresh, { ...ask('', { numPredict: 8 }), prompt })).text);
    } finally {
      await fresh.close();
    }
  });
});
