/**
 * A client that goes away takes its work with it, whatever stage that is at. The server has one sequence only, so the next request can't
 * be computed beside abandoned work: when it is answered before that work could have ended, the work was dropped. How long it would
 * have taken is measured here, on the same machine in the same state.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { endless, lines, loaded, post, shortAnswer, type AnswerLine } from '../support/api-client.ts';
import { startCorral, type CorralServer } from '../support/corral-server.ts';
import { cpuMs } from '../support/process-facts.ts';
import { until } from '../support/until.ts';

const contextTokens = 8192;
const options = { num_ctx: contextTokens };

describe('a client that leaves', () => {
  let server: CorralServer;
  beforeAll(async () => {
    server = await startCorral({ OLLAMA_NUM_PARALLEL: '1' });
    return () => server.stop();
  });

  const next = () => shortAnswer(server, { options: { ...options, temperature: 0, num_predict: 1 } });

  /** How long `work` takes, in milliseconds. */
  async function timed(work: () => Promise<unknown>): Promise<number> {
    const start = performance.now();
    await work();
    return performance.now() - start;
  }

  /** A prompt that consists of `words`, about as many tokens as there are words. */
  const longPrompt = (words: string, tokens: number) => ({
    ...endless('x', 1, options),
    prompt: `${words} `.repeat(tokens / words.split(' ').length).trimEnd(),
  });

  test('while text is generated frees the engine at once', async () => {
    await next();
    const leaving = new AbortController();
    const stream = lines(server, endless('red blue', contextTokens - 100, options), leaving.signal);
    await stream.next();
    const tokensMs = await timed(async () => {
      for (let token = 0; token < 50; token++) await stream.next();
    });
    leaving.abort();
    // What was left would have taken more than a hundred times as long as these 50 tokens.
    expect(await timed(next)).toBeLessThan(20 * tokensMs);
  });

  test('while a prompt of 6000 tokens is read frees the engine at once', async () => {
    await next();
    const reference = longPrompt('one two', 500);
    const referenceMs = await timed(async () => {
      const { text } = await post(server, '/api/generate', { ...reference, stream: false });
      expect((JSON.parse(text) as AnswerLine).prompt_eval_count).toBeGreaterThanOrEqual(500);
    });

    const [runner = -1] = server.runners();
    const idleMs = cpuMs(runner);
    const leaving = new AbortController();
    const reading = post(server, '/api/generate', longPrompt('cat dog', 6000), leaving.signal);
    await until('the prompt is being read', () => cpuMs(runner) > idleMs + 100);
    leaving.abort();
    await expect(reading).rejects.toThrow('abort');
    // The whole prompt takes more than twelve times as long as the reference: reading gets slower with what was read.
    expect(await timed(next)).toBeLessThan(5 * referenceMs);
  });

  test('before its turn has come is not served', async () => {
    const first = new AbortController();
    const stream = lines(server, endless('yes no', contextTokens - 100, options), first.signal);
    await stream.next();
    const waiting = new AbortController();
    const waiters = ['left right', 'A B C'].map((words) =>
      post(server, '/api/generate', endless(words, contextTokens - 100, options), waiting.signal),
    );
    await stream.next();
    waiting.abort();
    for (const waiter of waiters) await expect(waiter).rejects.toThrow('abort');
    const tokensMs = await timed(async () => {
      for (let token = 0; token < 50; token++) await stream.next();
    });
    first.abort();
    expect(await timed(next)).toBeLessThan(20 * tokensMs);
  });

  test('while its model is loaded takes the load with it', async () => {
    await shortAnswer(server, { keep_alive: 0 });
    await until('the runner has gone', () => server.runners().length === 0);
    const leaving = new AbortController();
    const asking = post(server, '/api/generate', endless('red blue', 100), leaving.signal);
    await until('a runner has started', () => server.runners()[0]);
    leaving.abort();
    await expect(asking).rejects.toThrow('abort');
    await until('the runner has gone', () => server.runners().length === 0);
    expect(await loaded(server)).toEqual([]);
    await next();
  });
});
