import { describe, expect, test } from 'vitest';
import {
  emptyPiece,
  type AnswerDoneEvent,
  type AnswerEvent,
  type AnswerPieceEvent,
} from '../../usecases/answer-events.ts';
import { createChatChunks, wholeChatCompletion } from './chat-completion-reply.ts';
import { usageOf } from './usage-count.ts';

const piece = (fields: Partial<AnswerPieceEvent>): AnswerPieceEvent => ({
  ...emptyPiece,
  ...fields,
});

const done = (fields: Partial<AnswerDoneEvent> = {}): AnswerDoneEvent => ({
  type: 'done',
  reason: 'stop',
  stopSequence: undefined,
  promptTokens: 10,
  cachedTokens: 4,
  promptNs: 1,
  generatedTokens: 3,
  generationNs: 1,
  tokens: [],
  totalNs: 2,
  loadNs: 1,
  ...fields,
});

const options = {
  identity: { id: 'chatcmpl-1', created: 1, model: 'm' },
  wantsLogprobs: false,
  includesUsage: false,
  tellsTier: false,
};

interface Chunk {
  readonly choices: readonly object[];
  readonly usage?: object | null;
}

function stream(events: readonly (readonly [index: number, event: AnswerEvent])[], changes: object = {}) {
  const chunks = createChatChunks({ ...options, ...changes });
  const sent = events.flatMap(([index, event]) => chunks.of(index, event)) as Chunk[];
  return { choices: sent.flatMap((chunk) => chunk.choices), sent, usage: chunks.usage() };
}

const delta = (index: number, argumentsText: string, isFirst: boolean) =>
  piece({ toolCallDeltas: [{ index, id: `call_${index}`, name: 'add', isFirst, argumentsText }] });

const token = { token: 'a', logprob: -0.5, bytes: [97], top: [{ token: 'b', logprob: -1, bytes: [98] }] };
const wireToken = {
  token: 'a',
  logprob: -0.5,
  bytes: [97],
  top_logprobs: [{ token: 'b', logprob: -1, bytes: [98] }],
};

describe('chunks of a chat completion', () => {
  test('the role comes once, the reason by itself', () => {
    expect(
      stream([
        [0, piece({ content: 'a' })],
        [0, piece({ content: 'b' })],
        [0, done()],
      ]).choices,
    ).toEqual([
      { index: 0, delta: { role: 'assistant', content: 'a' }, finish_reason: null },
      { index: 0, delta: { content: 'b' }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'stop' },
    ]);
  });

  test('an answer without text still has a role', () => {
    expect(stream([[0, done()]]).choices[0]).toEqual({
      index: 0,
      delta: { role: 'assistant', content: '' },
      finish_reason: null,
    });
  });

  test('thinking and content are chunks of their own', () => {
    expect(stream([[0, piece({ thinking: 'hm', content: 'a' })]]).choices).toEqual([
      { index: 0, delta: { role: 'assistant', content: '', reasoning: 'hm' }, finish_reason: null },
      { index: 0, delta: { content: 'a' }, finish_reason: null },
    ]);
  });

  test('a tool call: id, type and name first, then the text of its arguments', () => {
    const { choices } = stream([
      [0, delta(0, '', true)],
      [0, delta(0, '{"a":', false)],
      [0, delta(0, '1}', false)],
      [0, done()],
    ]);
    const first = { index: 0, id: 'call_0', type: 'function', function: { name: 'add', arguments: '' } };
    expect(choices).toEqual([
      { index: 0, delta: { role: 'assistant', tool_calls: [first] }, finish_reason: null },
      { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] }, finish_reason: null },
      { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '1}' } }] }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'tool_calls' },
    ]);
  });

  test('a call that was cut off ends with length', () => {
    expect(
      stream([
        [0, delta(0, '{', true)],
        [0, done({ reason: 'length' })],
      ]).choices.at(-1),
    ).toMatchObject({
      finish_reason: 'length',
    });
  });

  test('log probabilities come after the role, also without text', () => {
    const { choices } = stream(
      [
        [0, piece({ logprobs: [token] })],
        [0, done()],
      ],
      { wantsLogprobs: true },
    );
    expect(choices[0]).toMatchObject({ delta: { role: 'assistant', content: '' }, logprobs: null });
    expect(choices[1]).toMatchObject({ delta: { content: '' }, logprobs: { content: [wireToken], refusal: null } });
  });

  test('usage is null until the end, and counts the prompt once', () => {
    const events = [
      [0, piece({ content: 'a' })],
      [1, done()],
      [0, done()],
    ] as const;
    const { sent, usage } = stream(events, { includesUsage: true });
    expect(sent.map((chunk) => chunk.usage)).toEqual(sent.map(() => null));
    expect(usage).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 6,
        total_tokens: 16,
        prompt_tokens_details: { cached_tokens: 4 },
      },
    });
  });

  test('each choice has a role of its own', () => {
    const { choices } = stream([
      [0, piece({ content: 'a' })],
      [1, piece({ content: 'b' })],
    ]);
    expect(choices).toMatchObject([
      { index: 0, delta: { role: 'assistant' } },
      { index: 1, delta: { role: 'assistant' } },
    ]);
  });
});

test('a whole chat completion', () => {
  const toolCalls = [{ id: 'call_1', name: 'add', arguments: { b: 2, a: 1 } }];
  const answer = { content: '', thinking: 'hm', toolCalls, logprobs: [token], done: done(), rendered: undefined };
  expect(
    wholeChatCompletion([answer], usageOf([answer], 1), { ...options, wantsLogprobs: true, tellsTier: true }),
  ).toEqual({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    system_fingerprint: 'fp_ollama',
    service_tier: 'default',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: '',
          refusal: null,
          reasoning: 'hm',
          tool_calls: [
            { id: 'call_1', index: 0, type: 'function', function: { name: 'add', arguments: '{"b":2,"a":1}' } },
          ],
        },
        logprobs: { content: [wireToken], refusal: null },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13, prompt_tokens_details: { cached_tokens: 4 } },
  });
});
