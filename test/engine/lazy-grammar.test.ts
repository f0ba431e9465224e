/** A grammar that begins where the text holds a trigger, in a real runner whose text is beyond doubt. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../src/engine/runner.ts';
import { answer, ask, start } from '../support/starter-runner.ts';

/** The model goes on with these words for ever, the next one being ` two`. */
const prompt = 'one two three '.repeat(12).trimEnd();
const anywhere = (text: string) => ({ text, where: 'anywhere' }) as const;

let runner: Runner;
beforeAll(async () => {
  runner = await start();
});
afterAll(() => runner.close());

function go(grammar: string, trigger: string, repeats: boolean, more = {}) {
  const grammarStart = { triggers: [anywhere(trigger)], repeats };
  return answer(runner, { ...ask('', { grammar, grammarStart, numPredict: 24, ...more }), prompt });
}

describe('a lazy grammar', () => {
  test('without its trigger changes nothing', async () => {
    const plain = await answer(runner, { ...ask('', { numPredict: 24 }), prompt });
    expect((await go('root ::= "zzz" [0-9]', 'zzz', true)).text).toBe(plain.text);
  });

  test('holds from the trigger on, and then the answer ends', async () => {
    const { text, done } = await go('root ::= "two" " five" [0-9]', 'two', false);
    expect(text).toMatch(/^ two five\d$/);
    expect(done.reason).toBe('stop');
  });

  test('lets the text go on freely behind it, and begins again', async () => {
    const { text } = await go('root ::= "two" " two" "!"', 'two', true);
    expect(text).toMatch(/^ two two![^]/);
    expect(text.replaceAll('two two!', '')).not.toContain('two');
  });

  test('draws again where a token holds the trigger and more than the grammar allows', async () => {
    const { text } = await go('root ::= "tw" "ist"', 'tw', false);
    expect(text).not.toContain('two');
  });

  test('takes what a token holds behind the trigger as the grammar\u2019s', async () => {
    const { text } = await go('root ::= "tw" [a-z] " ends"', 'tw', false);
    expect(text).toMatch(/^ tw[a-z] ends$/);
  });

  test('counts a trigger of the start only there', async () => {
    const start = (text: string) => ({ triggers: [{ text, where: 'start' } as const], repeats: false });
    const say = (word: string) =>
      answer(runner, {
        ...ask('', { grammar: `root ::= "${word}" " and only"`, grammarStart: start(word), numPredict: 12 }),
        prompt,
      });
    expect((await say('two')).text).toBe(' two and only');
    const { text } = await say('one');
    expect(text).toContain('one');
    expect(text).not.toContain('and only');
  });

  test('drafts change nothing', async () => {
    const grammar = 'root ::= "two" " four" "!"';
    const plain = await go(grammar, 'two', true, { numPredict: 60 });
    const drafted = await go(grammar, 'two', true, { numPredict: 60, mostDrafted: 16 });
    expect(drafted.text).toBe(plain.text);
  });
});
