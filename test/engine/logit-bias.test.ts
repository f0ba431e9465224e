/** Biases on single tokens, through a real runner: alone, under a grammar, and with drafts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../src/engine/runner.ts';
import { answer, ask, never, start } from '../support/starter-runner.ts';

const question = 'Why is the sky blue?';

let runner: Runner;
beforeAll(async () => {
  runner = await start();
});
afterAll(() => runner.close());

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

async function tokenOf(text: string): Promise<number> {
  const { tokens } = await runner.tokenize({ texts: [text], addSpecial: false, countOnly: false }, never);
  const [only] = tokens[0] ?? [];
  if (only === undefined || tokens[0]?.length !== 1) throw new Error(`${text} is not one token`);
  return only;
}

describe('logit bias', () => {
  test('100 forces a token at every place', async () => {
    const { text } = await answer(runner, ask(question, { numPredict: 5, logitBias: [[await tokenOf(' cat'), 100]] }));
    expect(text).toBe(' cat cat cat cat cat');
  });

  test('-100 bans a token that would have come', async () => {
    const plain = await answer(runner, ask(question));
    expect(plain.text).toContain(' blue');
    const { text } = await answer(runner, ask(question, { logitBias: [[await tokenOf(' blue'), -100]] }));
    expect(text).not.toContain(' blue');
  });

  test('a small bias decides between likely tokens only', async () => {
    const biased = await answer(runner, ask(question, { logitBias: [[await tokenOf(' cat'), 1]] }));
    expect(biased.text).toBe((await answer(runner, ask(question))).text);
  });

  test('a drawn answer keeps to it as well', async () => {
    const sampling = { ...ask('').sampling, temperature: 1.5, topK: 0, topP: 1, seed: 3 };
    const { text } = await answer(runner, ask(question, { sampling, logitBias: [[await tokenOf(' cat'), 100]] }));
    expect(text).toMatch(/^( cat)+$/);
  });

  test('a grammar chooses among the biased tokens', async () => {
    const grammar = 'root ::= "red" | "green" | "blue"';
    const plain = await answer(runner, ask(question, { grammar }));
    expect(plain.text).toBe('blue');
    const beginnings = await Promise.all(['b', 'bl', 'blue'].map(tokenOf));
    const logitBias = beginnings.map((token) => [token, -100] as const);
    const banned = await answer(runner, ask(question, { grammar, logitBias }));
    expect(['red', 'green']).toContain(banned.text);
    const forced = await answer(runner, ask(question, { grammar, logitBias: [[await tokenOf('red'), 100]] }));
    expect(forced.text).toBe('red');
  });

  test('a grammar that leaves only a banned token gets it', async () => {
    const logitBias = [[await tokenOf('red'), -100]] as const;
    const { text, done } = await answer(runner, ask(question, { grammar: 'root ::= "red"', logitBias }));
    expect(text).toBe('red');
    expect(done.reason).toBe('stop');
  });

  test('drafts change nothing', async () => {
    const logitBias = [[await tokenOf(' Monday'), -100]] as const;
    const asked = 'Repeat this five times: the bank is open on Monday.';
    const plain = await answer(runner, ask(asked, { numPredict: 60, logitBias }));
    const drafted = await answer(runner, ask(asked, { numPredict: 60, logitBias, mostDrafted: 16 }));
    expect(drafted.text).toBe(plain.text);
    expect(drafted.text).not.toContain('Monday');
  });

  test.each([-1, 49_152, 1e9, 0.5])('token %d does not exist and is the fault of logit_bias', async (token) => {
    await expect(answer(runner, ask(question, { logitBias: [[token, 1]] }))).rejects.toMatchObject({
      code: 'bad_request',
      param: 'logit_bias',
    });
  });
});

describe('what a generation tells of its end and its beginning', () => {
  test('the stop string that ended it, and none where none did', async () => {
    const stop = ['never said', 'atmosphere'];
    const { done } = await answer(runner, ask(question, { stop, numPredict: 60 }));
    expect(done).toMatchObject({ reason: 'stop', stopSequence: 'atmosphere' });
    const unstopped = await answer(runner, ask(question, { numPredict: 3, stop }));
    expect(unstopped.done.stopSequence).toBeUndefined();
  });

  test('the cached tokens come with the first text', async () => {
    await answer(runner, ask(question));
    const events = await collect(runner.generate(ask(question), never));
    const told = events.map((event) => event.cachedTokens);
    expect(told[0]).toBe(14);
    expect(told.slice(1, -1).every((count) => count === undefined)).toBe(true);
  });
});
