/** Q4_1 weights on the kernels of Q4_0, with real weights: the same model, however many ask, and nothing is lost where it can't be done. */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/core/logger.ts';
import { startRunner } from '../../src/engine/runner-process.ts';
import type { Runner } from '../../src/engine/runner.ts';
import { adapterFile } from '../support/adapter-file.ts';
import { answer, ask, chatLoad, embeddingModelPath, never, runnerOptions, start } from '../support/starter-runner.ts';

const questions = [
  'Why is the sky blue?',
  'Count from one to twenty.',
  '대한민국의 수도는 어디입니까?',
  'Name three fruits.',
  'What is a bank?',
  'Write one sentence about the sea.',
  '안녕하세요를 다섯 번 반복하세요.',
  'What is 2 + 2?',
];

/** As the engine's build for this processor chooses: AVX2, and no AMX, whose kernels know Q4_1. */
const hasKernels = await processorHasKernels();

let folder: string;
let split: Runner;
let plain: Runner;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'corral-split-'));
  [split, plain] = await Promise.all([start({ splitFolder: folder }), start()]);
});
afterAll(async () => {
  await Promise.all([split.close(), plain.close()]);
  await rm(folder, { recursive: true });
});

async function processorHasKernels(): Promise<boolean> {
  if (process.arch !== 'x64' || process.platform !== 'linux') return false;
  const { flags = '' } = /^flags\s*:\s*(?<flags>.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8'))?.groups ?? {};
  const known = new Set(flags.split(' '));
  return known.has('avx2') && !known.has('amx_int8');
}

describe('split weights', () => {
  test('are used where the processor has the kernels, and only where they were asked for', async () => {
    expect(split.facts.splitWeights).toBe(hasKernels);
    expect(plain.facts.splitWeights).toBe(false);
    expect(await readdir(folder)).toHaveLength(hasKernels ? 2 : 0);
  });

  test.each(questions)('are the same model: %s', async (question) => {
    const request = ask(question, { numPredict: 1, topLogprobs: 20 });
    const [one, other] = await Promise.all([answer(split, request), answer(plain, request)]);
    const likely = (of: typeof one) =>
      new Map(of.logprobs[0]?.top.map(({ token, logprob }) => [token, Math.exp(logprob)]));
    const before = likely(other);
    const after = likely(one);
    let moved = 0;
    for (const [token, probability] of before) moved += Math.max(0, probability - (after.get(token) ?? 0));
    expect(before.size).toBeGreaterThan(10);
    // Probability that went to other tokens. The rounding of another kernel moves a tenth at most; without the offsets nearly all of it moves.
    expect(moved).toBeLessThan(0.2);
  });

  test('give everyone the same answer, alone and in company, with drafts and without', async () => {
    const request = (question: string, mostDrafted: number) => ask(question, { numPredict: 40, mostDrafted });
    const alone: string[] = [];
    for (const question of questions) alone.push((await answer(split, request(question, 0))).text);
    for (const mostDrafted of [0, 16]) {
      const together = await Promise.all(questions.map((question) => answer(split, request(question, mostDrafted))));
      expect(together.map(({ text }) => text)).toEqual(alone);
    }
  });

  test('take adapters over them, one request after the other', async () => {
    const weak = path.join(folder, 'weak.adapter');
    const strong = path.join(folder, 'strong.adapter');
    await Promise.all([writeFile(weak, adapterFile(0)), writeFile(strong, adapterFile(1))]);
    const without = await answer(split, ask('Why is the sky blue?'));
    const unchanged = await answer(split, ask('Why is the sky blue?', { adapters: [weak] }));
    const changed = await answer(split, ask('Why is the sky blue?', { adapters: [strong] }));
    const again = await answer(split, ask('Why is the sky blue?'));
    expect(unchanged.text).toBe(without.text);
    expect(changed.text).not.toBe(without.text);
    expect(again.text).toBe(without.text);
    await Promise.all([rm(weak), rm(strong)]);
  });

  test('are made once: the next load finds them', async () => {
    const files = (await readdir(folder)).map((name) => path.join(folder, name));
    const before = await Promise.all(files.map((file) => stat(file)));
    const next = await start({ splitFolder: folder });
    await next.close();
    const after = await Promise.all(files.map((file) => stat(file)));
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(before.map(({ ino, mtimeMs }) => [ino, mtimeMs]));
  });

  test('are made by two at once, and nothing else stays behind', async () => {
    const shared = path.join(folder, 'shared');
    const runners = await Promise.all([start({ splitFolder: shared }), start({ splitFolder: shared })]);
    const texts = await Promise.all(runners.map((runner) => answer(runner, ask('Why is the sky blue?'))));
    await Promise.all(runners.map((runner) => runner.close()));
    expect(texts[0]?.text).toBe(texts[1]?.text);
    expect(await readdir(shared).catch(() => [])).toHaveLength(hasKernels ? 2 : 0);
    await rm(shared, { recursive: true, force: true });
  });

  test('are left out where their folder cannot be, and the log says so without naming it', async () => {
    const lines: string[] = [];
    const occupied = path.join(folder, 'occupied');
    await writeFile(occupied, '');
    const logger = createLogger('warn', (line) => lines.push(line));
    const options = { signal: never, onProgress: () => {} };
    const runner = await startRunner({ ...chatLoad, splitFolder: occupied }, options, { ...runnerOptions, logger });
    const { text } = await answer(runner, ask('Why is the sky blue?'));
    await runner.close();
    expect(runner.facts.splitWeights).toBe(false);
    expect(text).not.toBe('');
    expect(lines.filter((line) => line.includes('computed as they are'))).toHaveLength(hasKernels ? 1 : 0);
    expect(lines.join('')).not.toContain(folder);
    await rm(occupied);
  });

  test.each(['weights', 'offsets'])(
    'are passed over where their file of %s is cut short, and made anew',
    async (part) => {
      const damaged = path.join(folder, 'damaged');
      await (await start({ splitFolder: damaged })).close();
      const files = await readdir(damaged).catch(() => []);
      const cut = files.filter((name) => name.includes(`.${part}.`)).map((name) => path.join(damaged, name));
      for (const file of cut) await truncate(file, 100_000);
      const runner = await start({ splitFolder: damaged });
      const { text } = await answer(runner, ask('Why is the sky blue?'));
      await runner.close();
      expect([runner.facts.splitWeights, text === '']).toEqual([false, false]);
      const next = await start({ splitFolder: damaged });
      await next.close();
      expect(next.facts.splitWeights).toBe(hasKernels);
      await rm(damaged, { recursive: true, force: true });
    },
  );

  test('leave a model alone in which nothing is Q4_1', async () => {
    const load = { modelPath: embeddingModelPath, mode: 'embedding', splitFolder: folder } as const;
    const before = await readdir(folder);
    const runner = await start({ ...load, contextTokens: 256, kvCells: 512 });
    await runner.close();
    expect(runner.facts.splitWeights).toBe(false);
    expect(await readdir(folder)).toEqual(before);
  });
});
