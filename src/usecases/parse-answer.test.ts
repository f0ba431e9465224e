import { expect, it } from 'vitest';
import type { GenerationEvent } from '../engine/runner.ts';
import type { AnswerParser } from '../prompt/prompt-format.ts';
import { createThinkTagSplitter } from '../prompt/think-tag-splitter.ts';
import { emptyPiece, type Logprobs } from './answer-events.ts';
import { parseAnswer, type ParsedEvent } from './parse-answer.ts';
import { doneEvent } from './test-runner.ts';

const logprobs: Logprobs = [{ token: 'x', logprob: -1, bytes: [120], top: [] }];

async function parsed(events: GenerationEvent[], parser?: AnswerParser): Promise<ParsedEvent[]> {
  async function* source() {
    yield* events;
  }
  const all: ParsedEvent[] = [];
  for await (const event of parseAnswer(source(), parser)) all.push(event);
  return all;
}

const text = (value: string): GenerationEvent => ({ type: 'text', text: value });
const piece = (fields: object) => ({
  ...emptyPiece,
  ...fields,
});

it('passes text on as it is without a parser, and the counts at the end', async () => {
  expect(await parsed([text('a'), text(''), text('b'), doneEvent({ reason: 'length' })])).toEqual([
    piece({ content: 'a' }),
    piece({ content: 'b' }),
    expect.objectContaining({ type: 'counts', reason: 'length' }),
  ]);
});

it('splits thinking from content', async () => {
  const parser = createThinkTagSplitter({ open: '<think>', close: '</think>', startsInside: false });
  const events = await parsed([text('<thi'), text('nk>hm</think>'), text('yes'), doneEvent()], parser);
  expect(events.slice(0, -1)).toEqual([piece({ thinking: 'hm' }), piece({ content: 'yes' })]);
});

it('counts the tokens that were thinking', async () => {
  const parser = createThinkTagSplitter({ open: '<think>', close: '</think>', startsInside: false });
  const drafted: GenerationEvent = { type: 'text', text: 'hm hm', tokens: 2 };
  const events = await parsed([text('<think>'), drafted, text('hm'), text('</think>yes'), doneEvent()], parser);
  expect(events.at(-1)).toMatchObject({ type: 'counts', thinkingTokens: 3 });
});

it('sends log probabilities on while the text is held back', async () => {
  const parser = createThinkTagSplitter({ open: '<think>', close: '</think>', startsInside: false });
  const events = await parsed([{ type: 'text', text: '<thi', logprobs }, doneEvent()], parser);
  expect(events.slice(0, -1)).toEqual([piece({ logprobs }), piece({ content: '<thi' })]);
});

it('gives every tool call an event of its own, and ends with stop', async () => {
  const call = (name: string) => ({ id: name, name, arguments: {} });
  const parser: AnswerParser = {
    push: () => [{ content: 'so: ' }, { toolCalls: [call('f'), call('g')] }, { content: '!', thinking: 'hm' }],
    end: () => [],
  };
  expect(await parsed([text('x'), doneEvent({ reason: 'length' })], parser)).toEqual([
    piece({ content: 'so: ' }),
    piece({ toolCalls: [call('f')] }),
    piece({ toolCalls: [call('g')] }),
    piece({ content: '!', thinking: 'hm' }),
    expect.objectContaining({ type: 'counts', reason: 'stop' }),
  ]);
});
