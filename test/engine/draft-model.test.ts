/** A draft model changes how fast an answer comes and nothing else. Here it drafts as much as it may, whether that pays or not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/core/logger.ts';
import { draftLoad } from '../../src/engine/draft-load.ts';
import { estimateMemory } from '../../src/engine/memory-estimate.ts';
import { startRunner } from '../../src/engine/runner-process.ts';
import type { Runner } from '../../src/engine/runner.ts';
import { readHeader } from '../../src/store/read-header.ts';
import { writeAlteredWeights } from '../support/altered-weights.ts';
import {
  answer,
  ask,
  chatLoad,
  chatModelPath,
  embeddingModelPath,
  never,
  runnerOptions,
  start,
  type Answer,
} from '../support/starter-runner.ts';

/** Short enough that all of them together stay in one attention kernel, see docs/decisions/0004. */
const questions = [
  'Repeat this five times: the bank is open on Monday.',
  'Count from one to twenty.',
  'Why is the sky blue?',
  'Name three colours and say something about each.',
];
const drafted = { mostDrafted: 4 };

let folder: string;
let alteredPath: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'corral-draft-'));
  alteredPath = path.join(folder, 'altered.gguf');
  await writeAlteredWeights(alteredPath, (layer) => layer % 10 === 9);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function accepted(answers: readonly Answer[]): { checked: number; accepted: number } {
  const all = answers.map(({ done }) => done.drafts?.model ?? { checked: 0, accepted: 0 });
  return {
    checked: all.reduce((sum, { checked }) => sum + checked, 0),
    accepted: all.reduce((sum, one) => sum + one.accepted, 0),
  };
}

async function both(runner: Runner, changes: Parameters<typeof ask>[1] = {}) {
  const plain: Answer[] = [];
  const guessed: Answer[] = [];
  for (const question of questions) {
    plain.push(await answer(runner, ask(question, { numPredict: 60, ...changes })));
    guessed.push(await answer(runner, ask(question, { numPredict: 60, ...changes, ...drafted })));
  }
  return { plain, guessed };
}

describe('the model as its own draft', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await start({ draft: draftLoad(chatLoad, chatModelPath), draftsAlways: true });
  });
  afterAll(() => runner.close());

  test('is right nearly always, and the greedy answers are the same', async () => {
    const { plain, guessed } = await both(runner);
    expect(guessed.map(({ text }) => text)).toEqual(plain.map(({ text }) => text));
    const counts = accepted(guessed);
    expect(counts.checked).toBeGreaterThan(60);
    // It reads in batches of other sizes, so at near-ties it may round the other way.
    expect(counts.accepted / counts.checked).toBeGreaterThan(0.97);
  });

  test('takes no more memory than the two were estimated to', async () => {
    const gguf = await readHeader(chatModelPath, 'skip');
    const estimates = [chatLoad, { ...chatLoad, ...draftLoad(chatLoad, chatModelPath) }].map((load) =>
      estimateMemory({ ...load, gguf, outputTokens: load.outputs, resultTokens: load.outputs }),
    );
    const sum = estimates.reduce((bytes, { totalBytes }) => bytes + totalBytes, 0);
    expect(runner.facts.sizeBytes).toBeLessThanOrEqual(sum);
    expect(runner.facts.sizeBytes).toBeGreaterThan(sum / 2);
  });
});

describe('another model with the same vocabulary', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await start({ draft: draftLoad(chatLoad, alteredPath), draftsAlways: true });
  });
  afterAll(() => runner.close());

  test('is wrong at times, and the greedy answers are the same', async () => {
    const { plain, guessed } = await both(runner);
    expect(guessed.map(({ text }) => text)).toEqual(plain.map(({ text }) => text));
    const counts = accepted(guessed);
    expect(counts.accepted).toBeGreaterThan(0);
    expect(counts.accepted).toBeLessThan(counts.checked);
  });

  test('reads a long prompt in pieces while the answer is being written, and guesses in the end', async () => {
    const words = Array.from({ length: 120 }, (_, index) => (index * 7919 + 13).toString(36));
    const request = ask(`Here are some words: ${words.join(' ')}. Why is the sky blue?`, { numPredict: 60 });
    const plain = await answer(runner, request);
    const guessed = await answer(runner, { ...request, mostDraftedByModel: 4, mostDrafted: 4 });
    expect(guessed.done.promptTokens).toBeGreaterThan(200);
    expect(accepted([guessed]).checked).toBeGreaterThan(0);
    expect(guessed.done.generatedTokens).toBe(plain.done.generatedTokens);
  });

  test('keeps stop strings, limits, penalties and log probabilities', async () => {
    const question = questions[2] ?? '';
    for (const changes of [
      { stop: ['the'] },
      { numPredict: 7 },
      { sampling: { ...ask('').sampling, repeatPenalty: 1.3, repeatLastN: 64 } },
      { topLogprobs: 2 },
    ]) {
      const plain = await answer(runner, ask(question, { numPredict: 40, ...changes }));
      const guessed = await answer(runner, ask(question, { numPredict: 40, ...changes, ...drafted }));
      expect(guessed.text).toBe(plain.text);
      expect(guessed.done.generatedTokens).toBe(plain.done.generatedTokens);
      expect(guessed.logprobs.map(({ token }) => token)).toEqual(plain.logprobs.map(({ token }) => token));
    }
  });

  test('is not asked where a request wants no drafts', async () => {
    const { done } = await answer(runner, ask(questions[1] ?? '', { numPredict: 20, mostDrafted: 0 }));
    expect(done.drafts).toBeUndefined();
  });
});

describe('a draft for several answers at once', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await start({ draft: draftLoad(chatLoad, alteredPath), draftsAlways: true });
  });
  afterAll(() => runner.close());

  test('leaves each of them as it is', async () => {
    const short = { numPredict: 24 };
    const ask4 = (changes: Parameters<typeof ask>[1]) =>
      Promise.all(questions.map((question) => answer(runner, ask(question, { ...short, ...changes }))));
    const plain = await ask4({});
    const guessed = await ask4(drafted);
    expect(guessed.map(({ text }) => text)).toEqual(plain.map(({ text }) => text));
    expect(accepted(guessed).checked).toBeGreaterThan(20);
  });

  test('goes on after its context has moved', async () => {
    const endless = { prompt: 'one two three four five six seven eight nine ten '.repeat(95), numPredict: 120 };
    const { done } = await answer(runner, { ...ask('', endless), ...drafted });
    expect(done.generatedTokens).toBeGreaterThan(0);
    expect((await answer(runner, ask(questions[0] ?? '', { numPredict: 8, ...drafted }))).text).not.toBe('');
  });
});

// That one which takes too long is left alone is a matter of times: src/runner/plan-drafts.test.ts.
describe('a draft that can not guess for the model', () => {
  test.each([
    ['another vocabulary', () => embeddingModelPath],
    ['no file', () => path.join(folder, 'absent.gguf')],
  ])('is left out with a line in the log, and the model answers: %s', async (_, draftPath) => {
    const lines: string[] = [];
    const logger = createLogger('warn', (line) => lines.push(line));
    const load = { ...chatLoad, draft: draftLoad(chatLoad, draftPath()) };
    const runner = await startRunner(load, { signal: never, onProgress() {} }, { ...runnerOptions, logger });
    try {
      expect((await answer(runner, ask('Hi', { numPredict: 4, ...drafted }))).text).not.toBe('');
      expect(lines.join('')).toContain('the draft model is not used');
    } finally {
      await runner.close();
    }
  });
});
