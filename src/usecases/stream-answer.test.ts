import { describe, expect, it } from 'vitest';
import { createJinjaFormat } from '../prompt/jinja-format.ts';
import type { ParsedEvent } from './parse-answer.ts';
import { doneEvent, scriptedRunner, type Script } from './test-runner.ts';
import { streamAnswer } from './stream-answer.ts';
import type { ThinkingLimit } from './thinking-phase.ts';
import { greedySampling } from '../../test/support/greedy-sampling.ts';

const format = createJinjaFormat({
  source: '{% for m in messages %}{{ m.content }}{% endfor %}{# <think> </think> #}',
  bosToken: '',
  eosToken: '',
});
interface Changes {
  readonly numPredict?: number;
  readonly thinkingLimit?: ThinkingLimit;
  readonly grammar?: string;
}

const input = { messages: [{ role: 'user', content: 'Q' }], tools: [], think: true } as const;

async function answer(script: Script, { numPredict = -1, thinkingLimit, grammar = 'root ::= "{}"' }: Changes = {}) {
  const runner = scriptedRunner(script);
  const job = {
    runner,
    prompt: { text: 'Q' },
    policy: { truncate: true, shift: true },
    parser: format.answerParser(input, 'Q'),
    whileThinking: format.answerParser(input, 'Q'),
    calls: undefined,
    thinkingLimit,
    afterThinking: format.answerParser({ ...input, think: false }, ''),
    generation: {
      contextTokens: [],
      sampling: greedySampling,
      stop: [],
      numPredict,
      numKeep: 4,
      adapters: [],
      mostDrafted: 0,
      topLogprobs: -1,
      logitBias: [],
      grammar,
      remembers: true,
      returnTokens: false,
      visibleSpecialTokens: [],
    },
  };
  const events: ParsedEvent[] = [];
  for await (const event of streamAnswer(job, new AbortController().signal)) events.push(event);
  const text = (key: 'content' | 'thinking') =>
    events.map((event) => (event.type === 'piece' ? event[key] : '')).join('');
  const sent = runner.requests.map(({ prompt, grammar, numPredict }) => ({ prompt, grammar, numPredict }));
  return { sent, content: text('content'), thinking: text('thinking'), counts: events.at(-1) };
}

/** Thinks and says something free of form without a grammar, an object with one. */
const thinker: Script = async function* ({ grammar, prompt }) {
  const texts = grammar === '' ? ['<think>', 'hm', '</think>', '\n\n', 'Well', ', then'] : ['{', '}'];
  for (const text of texts) yield { type: 'text', text };
  yield doneEvent({ promptTokens: prompt === 'Q' ? 1 : 6, generatedTokens: texts.length });
};

describe('an answer with a format from a model that thinks', () => {
  it('thinks freely, then goes on under the grammar from where the thinking ended', async () => {
    const { sent, content, thinking, counts } = await answer(thinker);
    expect(sent).toEqual([
      { prompt: 'Q', grammar: '', numPredict: -1 },
      { prompt: 'Q<think>hm</think>\n\n', grammar: 'root ::= "{}"', numPredict: -1 },
    ]);
    expect({ content, thinking }).toEqual({ content: '{}', thinking: 'hm' });
    // Five tokens until the first word, two after; of the second prompt's six five were no part of the client's.
    expect(counts).toMatchObject({ type: 'counts', promptTokens: 1, generatedTokens: 7 });
  });

  it('counts the thinking against the number of tokens', async () => {
    const { sent } = await answer(thinker, { numPredict: 20 });
    expect(sent.map(({ numPredict }) => numPredict)).toEqual([20, 15]);
  });

  it('starts again under the grammar when the model does not think', async () => {
    const { sent, content } = await answer(async function* ({ grammar }) {
      yield { type: 'text', text: grammar === '' ? 'free' : '{}' };
      yield doneEvent();
    });
    expect(sent.map(({ prompt }) => prompt)).toEqual(['Q', 'Q']);
    expect(content).toBe('{}');
  });

  it('ends with the thinking when that took all there was', async () => {
    const { sent, thinking, counts } = await answer(async function* () {
      yield { type: 'text', text: '<think>hm' };
      yield doneEvent({ reason: 'length' });
    });
    expect(sent).toHaveLength(1);
    expect(thinking).toBe('hm');
    expect(counts).toMatchObject({ type: 'counts', reason: 'length' });
  });
});

describe('thinking with a limit', () => {
  const closing = '\n</think>\n\n';
  const free = { grammar: '', thinkingLimit: { tokens: 3, closing } };
  /** Goes on thinking for ever; once it is past its thinking it answers. */
  const ponderer: Script = async function* ({ prompt, grammar }) {
    const isPast = prompt.includes('</think>');
    const texts = isPast
      ? [grammar === '' ? 'So: ' : '{}', ...(grammar === '' ? ['four'] : [])]
      : ['<think>', 'hm ', 'hm ', 'hm ', 'hm '];
    for (const text of texts) yield { type: 'text', text };
    yield doneEvent({ promptTokens: isPast ? 9 : 1, generatedTokens: texts.length });
  };

  it('is closed when its tokens are used up, and the answer follows', async () => {
    const { sent, thinking, content, counts } = await answer(ponderer, free);
    expect(sent.map(({ prompt }) => prompt)).toEqual(['Q', 'Q<think>hm hm \n</think>\n\n']);
    expect({ thinking: thinking.trim(), content }).toEqual({ thinking: 'hm hm', content: 'So: four' });
    expect(counts).toMatchObject({ type: 'counts', reason: 'stop', generatedTokens: 3 + 2, thinkingTokens: 2 });
  });

  it('counts against the number of tokens', async () => {
    const { sent } = await answer(ponderer, { ...free, numPredict: 20 });
    expect(sent.map(({ numPredict }) => numPredict)).toEqual([20, 17]);
  });

  it('is closed before a grammar begins', async () => {
    const { sent, content } = await answer(ponderer, { thinkingLimit: free.thinkingLimit });
    expect(sent.map(({ prompt, grammar }) => [prompt, grammar])).toEqual([
      ['Q', ''],
      ['Q<think>hm hm \n</think>\n\n', 'root ::= "{}"'],
    ]);
    expect(content).toBe('{}');
  });

  const says = (...texts: readonly string[]): Script =>
    async function* ({ prompt }) {
      const rest = prompt === 'Q' ? texts : ['And so on'];
      for (const text of rest) yield { type: 'text', text };
      yield doneEvent({ generatedTokens: rest.length });
    };

  it.each<[string, Script, string, string]>([
    ['ends in time', says('<think>hm', '</think>', 'a', 'b', 'c', 'd'), 'hm', 'abcd'],
    ['does not think', says('a', 'b', 'c', 'd', 'e'), '', 'abcde'],
    ['takes all its tokens to the last', says('<think>', 'hm', '</think>', '4'), 'hm', 'And so on'],
  ])('changes nothing for a model that %s', async (_, script, thinking, content) => {
    const made = await answer(script, free);
    expect({ thinking: made.thinking, content: made.content }).toEqual({ thinking, content });
  });

  it('is not closed a second time when the model has just closed it', async () => {
    const { sent } = await answer(says('<think>', 'hm', '</think>', ' ', '4'), free);
    expect(sent.map(({ prompt }) => prompt)).toEqual(['Q', 'Q<think>hm</think>']);
  });

  it('never has more tokens than the limit, however many come at once', async () => {
    const script: Script = async function* ({ prompt }) {
      if (prompt !== 'Q') yield { type: 'text', text: 'done' };
      else
        for (const text of ['<think>', 'one two three']) yield { type: 'text', text, tokens: text.split(' ').length };
      yield doneEvent();
    };
    const { thinking, content, counts } = await answer(script, free);
    expect({ thinking, content }).toEqual({ thinking: '', content: 'done' });
    expect(counts).toMatchObject({ generatedTokens: 2 });
  });
});
