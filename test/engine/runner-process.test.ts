import { execFileSync } from 'node:child_process';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/core/logger.ts';
import { startRunner } from '../../src/engine/runner-process.ts';
import type { Runner } from '../../src/engine/runner.ts';
import { answer, ask, chatLoad, embeddingModelPath, never, runnerOptions, start } from '../support/starter-runner.ts';

/**
 * Prompts whose continuation is beyond doubt for the model. Where two tokens are nearly equally likely the engine's rounding,
 * which depends on where in the pool a sequence's cells lie, may decide between them (docs/decisions/0004-rounding.md);
 * here only a lost, doubled or misplaced token can change the text.
 */
const patterns = ['red blue', 'one two', 'cat dog fish', '하늘 땅', 'A B C D', '1 2 3', 'yes no', 'left right'].map(
  (words) => `${words} `.repeat(6).trimEnd(),
);

describe('a runner with the chat model', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await start();
  });
  afterAll(() => runner.close());

  test('reports what it holds', () => {
    expect(runner.facts).toMatchObject({ contextTokens: 1024, sequences: 8, kvCells: 2048, vramBytes: 0 });
    expect(runner.facts.sizeBytes).toBeGreaterThan(90_000_000);
  });

  test('answers greedily with the text that Ollama recorded', async () => {
    const { text, done } = await answer(runner, ask('Why is the sky blue?'));
    expect(text).toBe(
      "The sky blue is a result of the Earth's atmosphere scattering sunlight in a specific wavelength range, specifically blue. This phenomenon",
    );
    expect(done).toMatchObject({ reason: 'length', promptTokens: 15, generatedTokens: 24 });
  });

  test('the same question again is answered from the cache, with the same text', async () => {
    const first = await answer(runner, ask('Name a colour.'));
    const again = await answer(runner, ask('Name a colour.'));
    expect(again.text).toBe(first.text);
    expect(again.done.promptTokens).toBe(first.done.promptTokens);
    expect(again.done.cachedTokens).toBe(first.done.promptTokens - 1);
  });

  test('a seed makes sampling repeatable and another seed changes it', async () => {
    const sampled = (seed: number) =>
      answer(runner, ask('Tell me a story.', { sampling: { ...ask('').sampling, temperature: 1.2, seed } }));
    const [a, b, c] = [await sampled(7), await sampled(7), await sampled(8)];
    expect(b.text).toBe(a.text);
    expect(c.text).not.toBe(a.text);
  });

  test('a stop string ends the answer before it and is never shown', async () => {
    const { text, done } = await answer(runner, ask('Why is the sky blue?', { stop: ['atmosphere'], numPredict: 60 }));
    expect(text).toBe("The sky blue is a result of the Earth's ");
    expect(done.reason).toBe('stop');
  });

  test('log probabilities come with every token and agree with the recorded ones', async () => {
    const { logprobs } = await answer(runner, ask('x', { topLogprobs: 2, numPredict: 2 }));
    expect(logprobs.map(({ token }) => token)).toEqual(['The', ' original']);
    // Recorded on another processor, whose rounding differs in the first digits.
    expect(Math.abs((logprobs[0]?.logprob ?? 0) + 2.17)).toBeLessThan(0.3);
    expect(logprobs[0]?.bytes).toEqual([84, 104, 101]);
    expect(logprobs.map(({ top }) => top.length)).toEqual([2, 2]);
  });

  test('a grammar is followed', async () => {
    const grammar = 'root ::= "{\\"age\\": " [0-9] [0-9]? "}"';
    const { text, done } = await answer(runner, ask('Anna is 31.', { grammar }));
    expect(text).toMatch(/^\{"age": \d\d?\}$/);
    expect(done.reason).toBe('stop');
  });

  test('a grammar that does not parse is refused', async () => {
    await expect(answer(runner, ask('x', { grammar: 'root ::= (' }))).rejects.toMatchObject({ code: 'invalid_format' });
  });

  test('Korean text arrives whole', async () => {
    const { pieces } = await answer(runner, ask('Repeat: 안녕하세요, 하늘은 왜 파란가요?', { numPredict: 60 }));
    expect(pieces.join('')).not.toContain('\uFFFD');
  });

  test('a prompt that does not fit is refused with the numbers', async () => {
    const failure = await answer(runner, ask('word '.repeat(1100))).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'prompt_too_long', cause: { limit: 1023 } });
  });

  test('a prompt that does not fit loses its middle where that is wanted', async () => {
    const { done } = await answer(runner, ask('word '.repeat(1100), { overflow: 'middle', numPredict: 1 }));
    expect(done.promptTokens).toBe(1024 - 510);
  });

  test('a cancelled prefill frees the engine', async () => {
    const leaving = new AbortController();
    const long = answer(runner, ask('word '.repeat(1000)), leaving.signal);
    setTimeout(() => leaving.abort(), 50);
    await expect(long).rejects.toMatchObject({ code: 'canceled' });
    expect((await answer(runner, ask('hi', { numPredict: 2 }))).done.generatedTokens).toBe(2);
  });

  test('token ids that the model does not have are refused before native code sees them', async () => {
    const foreign = ask('x', { contextTokens: [999_999_999] });
    await expect(answer(runner, foreign)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(runner.detokenize([-5], never)).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('text to tokens and back is the same text', async () => {
    const texts = ['Hello, world', '안녕하세요 😀', '<|im_start|>user'];
    const { tokens, counts } = await runner.tokenize({ texts, addSpecial: false, countOnly: false }, never);
    expect(counts).toEqual(tokens.map((ids) => ids.length));
    for (const [index, ids] of tokens.entries()) expect(await runner.detokenize(ids, never)).toBe(texts[index]);
  });

  test('a chat model embeds nothing and says so', async () => {
    await expect(runner.embed({ adapters: [], inputs: ['x'], truncate: true }, never)).rejects.toMatchObject({
      code: 'not_supported',
    });
  });
});

test('a full context shifts and goes on, or ends with length', async () => {
  const small = await start({ contextTokens: 64, kvCells: 128 });
  // The grammar forbids the model to end by itself.
  const endless = { grammar: 'root ::= [a-z ]+ root', numPredict: 150 };
  const shifting = await answer(small, ask('Count.', endless));
  expect(shifting.done).toMatchObject({ reason: 'length', generatedTokens: 150 });
  const ending = await answer(small, ask('Count.', { ...endless, shift: false }));
  await small.close();
  expect(ending.done.reason).toBe('length');
  expect(ending.done.generatedTokens).toBeLessThan(64);
});

test('when cells run out the youngest is set back and all answers are as without company', async () => {
  const continuation = (prompt: string) => ask('', { prompt, numPredict: 24 });
  const roomy = await start();
  const alone: string[] = [];
  for (const pattern of patterns) alone.push((await answer(roomy, continuation(pattern))).text);
  await roomy.close();
  // Eight sequences of 36 to 80 tokens share the cells of a context that two of them fill.
  const tight = await start({ contextTokens: 128, kvCells: 128 });
  const together = await Promise.all(patterns.map((pattern) => answer(tight, continuation(pattern))));
  await tight.close();
  expect(together.map(({ text }) => text)).toEqual(alone);
  expect(together.map(({ done }) => done.generatedTokens)).toEqual(patterns.map(() => 24));
});

describe('a runner with the embedding model', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await start({
      modelPath: embeddingModelPath,
      mode: 'embedding',
      contextTokens: 512,
      kvCells: 512,
      batchTokens: 512,
      sequences: 16,
    });
  });
  afterAll(() => runner.close());

  test('vectors have unit length, keep the order of the inputs and agree with the recorded ones', async () => {
    const inputs = ['hello world', 'good bye', ...Array.from({ length: 40 }, (_, index) => `text number ${index}`)];
    const { vectors, promptTokens } = await runner.embed({ adapters: [], inputs, truncate: true }, never);
    expect(vectors).toHaveLength(inputs.length);
    expect(promptTokens).toBeGreaterThan(inputs.length * 3);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    const recorded = [-0.034, 0.031, 0.007, 0.026];
    for (const [index, value] of recorded.entries()) expect(vectors[0]?.[index]).toBeCloseTo(value, 2);
    const alone = await runner.embed({ adapters: [], inputs: ['text number 39'], truncate: true }, never);
    const dot = alone.vectors[0]?.reduce((sum, value, index) => sum + value * (vectors.at(-1)?.[index] ?? 0), 0);
    expect(dot).toBeCloseTo(1, 3);
  });

  test('an input over the limit is cut, or refused where that is wanted', async () => {
    const inputs = ['word '.repeat(800)];
    expect((await runner.embed({ adapters: [], inputs, truncate: true }, never)).promptTokens).toBe(512);
    await expect(runner.embed({ adapters: [], inputs, truncate: false }, never)).rejects.toMatchObject({
      code: 'prompt_too_long',
    });
  });
});

describe('the life of a runner', () => {
  test('a file that is no model fails to load with a clear error, and the child is gone', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'corral-')), 'no-model.gguf');
    writeFileSync(file, 'GGUF nonsense');
    await expect(start({ modelPath: file })).rejects.toMatchObject({ code: 'load_failed' });
  });

  test('a load is cancelled when nobody wants it any more', async () => {
    const leaving = new AbortController();
    const loading = start({}, leaving.signal);
    setTimeout(() => leaving.abort(), 60);
    await expect(loading).rejects.toMatchObject({ code: 'canceled' });
  });

  test('a crash fails what was running and is told, not hidden', async () => {
    const runner = await start();
    const running = answer(runner, ask('Tell me a long story', { numPredict: 400 }));
    const children = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'runner-main'], { encoding: 'utf8' });
    for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    await expect(running).rejects.toMatchObject({ code: 'runner_crashed' });
    expect(await runner.ended).toMatchObject({ code: 'runner_crashed' });
    await expect(answer(runner, ask('hi'))).rejects.toMatchObject({ code: 'runner_crashed' });
  });

  test('the engine’s own log lines reach the debug log, and progress is reported', async () => {
    const lines: string[] = [];
    const progress: number[] = [];
    const runner = await startRunner(
      chatLoad,
      { signal: never, onProgress: (fraction) => progress.push(fraction) },
      { ...runnerOptions, logger: createLogger('debug', (line) => lines.push(line)) },
    );
    await runner.close();
    expect(lines.some((line) => line.includes('KV buffer size'))).toBe(true);
    expect(progress.at(-1)).toBe(1);
  });

  test('a library folder without a library says what to do', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'corral-'));
    const loading = startRunner(
      chatLoad,
      { signal: never, onProgress: () => {} },
      { ...runnerOptions, libraryDir: empty },
    );
    await expect(loading).rejects.toMatchObject({
      code: 'native_library',
      hint: expect.stringContaining('CORRAL_LIBRARY_DIR'),
    });
  });
});
