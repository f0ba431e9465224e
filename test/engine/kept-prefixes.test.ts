/** Prompts that outlive their runner: real runners, one after the other, with one folder. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PrefixStore } from '../../src/engine/runner-protocol.ts';
import type { Runner } from '../../src/engine/runner.ts';
import { sealingKey } from '../../src/formats/prefix-file/section.ts';
import { answer as generate, ask, chatModelPath, start } from '../support/starter-runner.ts';

let folder = '';
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(tmpdir(), 'corral-kept-')), 'prefixes');
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

// Counting goes on beyond doubt: no rounding turns it, whichever part of it was computed when.
const counted = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index).join(', ');
const document = `${counted(1, 100)}, `;
const question = `${document}${counted(100, 106)},`;

const store = (more: Partial<PrefixStore> = {}): PrefixStore => ({
  folder,
  mostBytes: 1e9,
  model: path.basename(chatModelPath),
  settings: ['f16'],
  ...more,
});

async function inRunner<T>(prefixes: PrefixStore, use: (runner: Runner) => Promise<T>): Promise<T> {
  const runner = await start({ prefixes });
  try {
    return await use(runner);
  } finally {
    await runner.close();
  }
}

const answer = async (runner: Runner, text: string, remembers = true) => {
  const { text: said, done } = await generate(runner, ask('', { prompt: text, numPredict: 12, remembers }));
  return { said, prompt: done.promptTokens, cached: done.cachedTokens };
};

const written = () => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

describe.each([
  { name: 'plain', secret: {} },
  { name: 'encrypted', secret: { key: sealingKey(Buffer.alloc(32, 1)).toString('base64') } },
])('kept prefixes, $name', ({ secret }) => {
  test('a prompt is computed once in the lives of two runners, and answered alike', async () => {
    const first = await inRunner(store(secret), (runner) => answer(runner, question));
    const second = await inRunner(store(secret), (runner) => answer(runner, question));
    expect(first.cached).toBe(0);
    expect(first.said).toContain('106, 107');
    expect(second.cached).toBe(second.prompt - 1);
    expect(second.said).toBe(first.said);
  });

  test('what two prompts have in common is kept once, and both come back whole', async () => {
    const other = `${document}${counted(200, 206)},`;
    const ask2 = async (runner: Runner) => [await answer(runner, question), await answer(runner, other)];
    const first = await inRunner(store(secret), ask2);
    expect(written().length).toBeGreaterThan(0);
    const second = await inRunner(store(secret), ask2);
    expect(second.map(({ said }) => said)).toEqual(first.map(({ said }) => said));
    for (const { prompt, cached } of second) expect(prompt - cached).toBeLessThan(100);
  });

  test('damaged files cost time, never a wrong answer', async () => {
    const first = await inRunner(store(secret), (runner) => answer(runner, question));
    for (const name of written()) {
      const file = path.join(folder, name);
      const bytes = fs.readFileSync(file);
      bytes[bytes.length - 5000] = (bytes.at(-5000) ?? 0) ^ 1;
      fs.writeFileSync(file, bytes);
    }
    const second = await inRunner(store(secret), (runner) => answer(runner, question));
    expect(second).toEqual({ ...first, cached: 0 });
  });
});

describe('kept prefixes', () => {
  test('a request that asks for it leaves nothing, in memory or on disk', async () => {
    const again = await inRunner(store(), async (runner) => {
      await answer(runner, question, false);
      return answer(runner, question, false);
    });
    expect(again.cached).toBe(0);
    expect(written()).toEqual([]);
  });

  test('short prompts are not worth a file', async () => {
    await inRunner(store(), (runner) => answer(runner, counted(1, 20)));
    expect(written()).toEqual([]);
  });

  test('cells of another context size are not taken', async () => {
    await inRunner(store({ settings: [1024] }), (runner) => answer(runner, question));
    const second = await inRunner(store({ settings: [2048] }), (runner) => answer(runner, question));
    expect(second.cached).toBe(0);
  });
});
