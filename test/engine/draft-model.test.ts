/** A draft model changes how fast an answer comes and nothing else. Here it drafts as much as it may, whether that pays or not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../src/engine/runner.ts';
import { writeAlteredWeights } from '../support/altered-weights.ts';
import { answer, ask, chatModelPath, start, type Answer } from '../support/starter-runner.ts';

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
    runner = await start({ draftPath: chatModelPath, draftsAlways: true });
  });
  afterAll(() => runner.close());

  test('is right nearly always, and the greedy answers are the same', async () => {
    const { plain, guessed } = await both(runner);
    expect(guessed.map(({ text }) => text)).toEqual(plain.map(({ text }) => text));
    const counts = accepted(guessed);
    console.log(counts, guessed.map(({done})=>[done.drafts, done.generatedTokens, done.generationNs/1e6]), plain.map(({done})=>done.generationNs/1e6));
    expect(counts.checked).toBeGreaterThan(60);
    // It reads in batches of other sizes, so at near-ties it may round the other way.
    expect(counts.accepted / counts.checked).toBeGreaterThan(0.97);
  });
});

describe('another model with the same vocabulary', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await start({ draftPath: alteredPath, draftsAlways: true });
  });
  afterAll(() => runner.close());

  test('is wrong at times, and the greedy answers are the same', async () => {
    const { plain, guessed } = await both(runner);
    expect(guessed.map(({ text }) => text)).toEqual(plain.map(({ text }) => text));
    const counts = accepted(guessed);
    console.log(counts);
    expect(counts.accepted).toBeGreaterThan(0);
    expect(counts.accepted).toBeLessThan(counts.checked);
  });

  test('guesses for several answers at once', async () => {
    const alone = await Promise.all(questions.map((question) => answer(runner, ask(question, { numPredict: 40 }))));
    const guessed = await Promise.all(
      questions.map((question) => answer(runner, ask(question, { numPredict: 40, ...drafted }))),
    );
    expect(guessed.map(({ text }) => text)).toEqual(alone.map(({ text }) => text));
    expect(accepted(guessed).checked).toBeGreaterThan(20);
  });
});
