import { describe, expect, it } from 'vitest';
import { greedySampling } from '../../test/support/greedy-sampling.ts';
import { generateFitted, type FittedPrompt, type Generation, type OverflowPolicy } from './fit-prompt.ts';
import { says, scriptedRunner } from './test-runner.ts';

const generation: Generation = {
  contextTokens: [],
  sampling: greedySampling,
  stop: [],
  numPredict: -1,
  numKeep: 4,
  adapters: [],
  mostDrafted: 0,
  topLogprobs: -1,
  grammar: '',
  logitBias: [],
  remembers: true,
  returnTokens: false,
  visibleSpecialTokens: [],
};

/** What was sent to a runner with room for 99 tokens, as `overflow length`. */
async function sent(prompt: FittedPrompt, policy: OverflowPolicy): Promise<string[]> {
  const runner = scriptedRunner(says(['ok']));
  const seen = () => runner.requests.map((request) => `${request.overflow} ${request.prompt.length}`);
  try {
    for await (const event of generateFitted(runner, generation, prompt, policy, new AbortController().signal))
      void event;
    return seen();
  } catch (thrown) {
    return [...seen(), (thrown as Error).message.slice(0, 29)];
  }
}

const long = 'x'.repeat(200);
const fitting = { shorten: (limit: number) => Promise.resolve('y'.repeat(limit)) };
const stillLong = { shorten: () => Promise.resolve('y'.repeat(150)) };
const useless = { shorten: () => Promise.resolve(long) };
const refusal = 'the prompt is longer than the';

describe('a prompt that', () => {
  it.each<[string, FittedPrompt, OverflowPolicy, string[]]>([
    ['fits is sent once', { text: 'short' }, { truncate: true, shift: true }, ['reject 5']],
    [
      'is too long goes without its oldest messages',
      { text: long, ...fitting },
      { truncate: true, shift: true },
      ['reject 200', 'reject 99'],
    ],
    [
      'stays too long loses its middle',
      { text: long, ...stillLong },
      { truncate: true, shift: true },
      ['reject 200', 'reject 150', 'middle 150'],
    ],
    [
      'has nothing to leave out loses its middle',
      { text: long },
      { truncate: true, shift: true },
      ['reject 200', 'middle 200'],
    ],
    [
      'is not sent again as it was',
      { text: long, ...useless },
      { truncate: true, shift: true },
      ['reject 200', 'middle 200'],
    ],
    [
      'stays too long is refused without shift',
      { text: long, ...stillLong },
      { truncate: true, shift: false },
      ['reject 200', 'reject 150', refusal],
    ],
    [
      'may not be cut is refused',
      { text: long, ...fitting },
      { truncate: false, shift: true },
      ['reject 200', refusal],
    ],
  ])('%s', async (_, prompt, policy, expected) => {
    expect(await sent(prompt, policy)).toEqual(expected);
  });
});
