/**
 * At a temperature, drafts must not change how often a text comes: thousands of answers are drawn through the runner with and without
 * drafts and compared over their first three tokens together: by a chi-square test of homogeneity, and by how often the favourite comes. A
 * verifier that draws once more after a refusal fails the first (16 standard deviations), one that lets one draft in ten pass unseen the second.
 *
 * The seeds of the two groups differ: with the same ones the answers are the same, which would prove nothing about frequencies.
 */
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftLoad } from '../../src/engine/draft-load.ts';
import type { Runner } from '../../src/engine/runner.ts';
import { speakingModel } from '../support/speaking-model.ts';
import { answer, ask, start } from '../support/starter-runner.ts';

const draws = 3200;
const atOnce = 16;
/** Of the standard normal distribution: one good product in a thousand would be beyond. Seeds are fixed, so it stays the one or the other. */
const highestZ = 3.1;
/** Rarer texts count together; below this the test's approximation is poor. */
const leastExpected = 5;

const signal = new AbortController().signal;
setMaxListeners(atOnce, signal);
let folder: string;
let runner: Runner;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'corral-statistics-'));
  const modelPath = path.join(folder, 'speaking.gguf');
  writeFileSync(modelPath, await speakingModel());
  const sizes = { contextTokens: 64, kvCells: 1024, batchTokens: 512, sequences: atOnce, threads: 1 };
  // Cells for all of them at once.
  const draft = { ...draftLoad(sizes, modelPath), kvCells: 1024 };
  runner = await start({ ...sizes, modelPath, draft, draftsAlways: true });
});
afterAll(async () => {
  await runner.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Drawn {
  readonly counts: ReadonlyMap<string, number>;
  readonly checked: number;
  readonly accepted: number;
}

async function draw(firstSeed: number, mostDrafted: number): Promise<Drawn> {
  const counts = new Map<string, number>();
  let checked = 0;
  let accepted = 0;
  for (let done = 0; done < draws; done += atOnce) {
    const answers = Array.from({ length: atOnce }, (_, at) => {
      const sampling = { ...ask('').sampling, temperature: 1, topK: 4, topP: 1, seed: firstSeed + done + at };
      // With a fourth token to come, the second and third are checked in one step.
      return answer(runner, { ...ask('', { numPredict: 4, mostDrafted, sampling }), prompt: 'abc' }, signal);
    });
    for (const { text, done: end } of await Promise.all(answers)) {
      const beginning = text.slice(0, 3);
      counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
      checked += end.drafts?.model.checked ?? 0;
      accepted += end.drafts?.model.accepted ?? 0;
    }
  }
  return { counts, checked, accepted };
}

/** How far the chi-square statistic of two groups of equal size lies above what chance gives, as a normal deviate (Wilson and Hilferty 1931). */
function homogeneity(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let [rareOne, rareOther, sum, cells] = [0, 0, 0, 0];
  const add = (a: number, b: number) => {
    if (a + b === 0) return;
    sum += (a - b) ** 2 / (a + b);
    cells++;
  };
  for (const text of new Set([...one.keys(), ...other.keys()])) {
    const [a, b] = [one.get(text) ?? 0, other.get(text) ?? 0];
    if (a + b >= 2 * leastExpected) add(a, b);
    else [rareOne, rareOther] = [rareOne + a, rareOther + b];
  }
  add(rareOne, rareOther);
  const freedom = cells - 1;
  expect(freedom).toBeGreaterThan(20);
  return (Math.cbrt(sum / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

/**
 * How much oftener the second group goes on with the favourite, as a normal deviate: a draft is the favourite of its model, so this is where
 * a lenient verifier shows first. Favourites are those of both groups together.
 */
function favouritism(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let [inOne, inOther] = [0, 0];
  for (const length of [2, 3]) {
    const [a, b] = [beginnings(one, length), beginnings(other, length)];
    const favourites = new Map<string, string>();
    const sum = (text: string) => (a.get(text) ?? 0) + (b.get(text) ?? 0);
    for (const text of [...a.keys(), ...b.keys()]) {
      const before = text.slice(0, -1);
      if (sum(text) > sum(favourites.get(before) ?? '')) favourites.set(before, text);
    }
    for (const text of favourites.values()) {
      inOne += a.get(text) ?? 0;
      inOther += b.get(text) ?? 0;
    }
  }
  const share = (inOne + inOther) / (4 * draws);
  return (inOther - inOne) / Math.sqrt(2 * (2 * draws) * share * (1 - share));
}

function beginnings(counts: ReadonlyMap<string, number>, length: number): ReadonlyMap<string, number> {
  const shorter = new Map<string, number>();
  for (const [text, count] of counts) {
    const beginning = text.slice(0, length);
    if (beginning.length === length) shorter.set(beginning, (shorter.get(beginning) ?? 0) + count);
  }
  return shorter;
}

test('drafted answers are drawn from the same distribution', { timeout: 120_000 }, async () => {
  const plain = await draw(1, 0);
  const drafted = await draw(1 + draws, 4);
  expect(plain.checked).toBe(0);
  expect(drafted.checked).toBeGreaterThan(draws);
  expect(drafted.accepted).toBeGreaterThan(draws / 4);
  expect(drafted.accepted).toBeLessThan(drafted.checked * 0.8);
  expect(homogeneity(plain.counts, drafted.counts)).toBeLessThan(highestZ);
  expect(favouritism(plain.counts, drafted.counts)).toBeLessThan(highestZ);
});
