/** A real runner finds out how many threads suit it, once nobody asks. */
import { describe, expect, test } from 'vitest';
import type { Tuning } from '../../src/engine/runner-protocol.ts';
import { startRunner } from '../../src/engine/runner-process.ts';
import { answer, ask, chatLoad, never, runnerOptions } from '../support/starter-runner.ts';

// Counting goes on beyond doubt, whatever rounds how.
const long = `${Array.from({ length: 80 }, (_, index) => index + 1).join(', ')},`;

describe('tuning', () => {
  test('comes after the first answer, is told once, and changes no answer', async () => {
    const told: Tuning[] = [];
    let resolve: () => void = () => {};
    const tuned = new Promise<void>((done) => {
      resolve = done;
    });
    const onTuned = (tuning: Tuning) => {
      told.push(tuning);
      resolve();
    };
    const load = { ...chatLoad, threads: 2, threadChoices: [2, 1] };
    const runner = await startRunner(load, { signal: never, onProgress: () => {}, onTuned }, runnerOptions);
    try {
      const before = await answer(runner, ask('', { prompt: long, numPredict: 8 }));
      expect(told).toEqual([]);
      await tuned;
      const after = await answer(runner, ask('', { prompt: long, numPredict: 8 }));
      expect(after.text).toBe(before.text);
      expect([1, 2]).toContain(told[0]?.threads);
      expect(told[0]?.promptTokensPerMs).toBeGreaterThan(0);
      expect(told).toHaveLength(1);
    } finally {
      await runner.close();
    }
  });
});
