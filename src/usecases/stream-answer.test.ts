import { describe, expect, it } from 'vitest';
import { createJinjaFormat } from '../prompt/jinja-format.ts';
import type { ParsedEvent } from './parse-answer.ts';
import { doneEvent, scriptedRunner, type Script } from './test-runner.ts';
import { streamAnswer } from './stream-answer.ts';
import { greedySampling } from '../../test/support/greedy-sampling.ts';

const format = createJinjaFormat({
  source: '{% for m in messages %}{{ m.content }}{% endfor %}{# <think> </think> #}',
  bosToken: '',
  eosToken: '',
});
const input = { messages: [{ role: 'user', content: 'Q' }], tools: [], think: true } as const;

async function answer(script: Script, numPredict = -1) {
  const runner = scriptedRunner(script);
  const job = {
    runner,
    prompt: { text: 'Q' },
    policy: { truncate: true, shift: true },
    parser: format.answerParser(input, 'Q'),
    whileThinking: format.answerParser(input, 'Q'),
    calls: undefined,
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
      grammar: 'root ::= "{}"',
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
    const { sent } = await answer(thinker, 20);
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
