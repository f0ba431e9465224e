/** The quantised types of KV cache do all that f16 does: sharing, copying, shifting, in less memory. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KvCacheType } from '../../src/config/settings.ts';
import type { Runner } from '../../src/engine/runner.ts';
import { answer, ask, start } from '../support/starter-runner.ts';

const cells = 2048;
/** Little more than the common beginning takes. */
const contextTokens = 320;
/** K and V of SmolLM2-135M: 30 layers, 3 heads, 64 numbers each. */
const numbersPerCell = 2 * 30 * 3 * 64;

const bytesPerNumber: Readonly<Record<KvCacheType, number>> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };

/** With f16 the next token leads by 2 and more (log probability), and none has 64 tokens, from where on company may turn a near-tie. */
const patterns = [
  'A B C D '.repeat(15),
  '1 2 3 '.repeat(10),
  '하늘 땅 '.repeat(7),
  '2 4 8 16 '.repeat(7),
  'a1 b2 '.repeat(15),
  'one two three four five '.repeat(12),
].map((text) => text.trimEnd());
const common = 'The committee reviewed the reports of all branches and noted what follows.\n'.repeat(12);
const raw = (prompt: string, changes: Parameters<typeof ask>[1] = {}) => ask('', { prompt, ...changes });

async function sizeOf(kvCacheType: KvCacheType): Promise<number> {
  const runner = await start({ kvCacheType, contextTokens });
  const { sizeBytes } = runner.facts;
  await runner.close();
  return sizeBytes;
}

describe.each(['q8_0', 'q4_0'] as const)('a KV cache of type %s', (kvCacheType) => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await start({ kvCacheType, contextTokens });
  });
  afterAll(() => runner.close());

  test('takes the memory that its blocks take', async () => {
    const saved = (await sizeOf('f16')) - runner.facts.sizeBytes;
    const expected = cells * numbersPerCell * (bytesPerNumber.f16 - bytesPerNumber[kvCacheType]);
    expect(runner.facts.kvCells).toBe(cells);
    // What attention computes in differs a little between the types.
    expect(Math.abs(saved - expected)).toBeLessThan(0.1 * expected);
  });

  test('begins as f16 does where the text is beyond doubt, and answers in company as alone', async () => {
    const plain = await start({ kvCacheType: 'f16', contextTokens });
    const alone = [];
    for (const pattern of patterns) {
      const { text } = await answer(runner, raw(pattern));
      const { text: expected } = await answer(plain, raw(pattern));
      // Later a rounded cache may turn a near-tie.
      expect(text.slice(0, 4)).toBe(expected.slice(0, 4));
      alone.push(text);
    }
    await plain.close();
    const together = await Promise.all(patterns.map((pattern) => answer(runner, raw(pattern))));
    expect(together.map(({ text }) => text)).toEqual(alone);
  });

  test('shares what prompts have in common, and copies it back', async () => {
    const first = await answer(runner, raw(`${common}${patterns[0]}`));
    const together = await Promise.all(patterns.map((pattern) => answer(runner, raw(`${common}${pattern}`))));
    for (const { done } of together) expect(done.cachedTokens).toBeGreaterThan(100);
    expect(together[0]?.text).toBe(first.text);
    const again = await answer(runner, raw(`${common}${patterns[0]}`));
    expect(again.done.cachedTokens).toBeGreaterThan(100);
    expect(again.text).toBe(first.text);
  });

  test('goes on when a context is full', async () => {
    const { text, done } = await answer(runner, raw(`${common}${patterns[1]}`, { numPredict: contextTokens }));
    expect(done).toMatchObject({ reason: 'length', generatedTokens: contextTokens });
    expect(text).not.toMatch(/\uFFFD/);
  });
});
