import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { responseRequestSchema } from '../../api/openai/response-request.ts';
import { parseWire } from '../../api/wire-schema.ts';
import {
  emptyPiece,
  type AnswerCounts,
  type AnswerPieceEvent,
  type ToolCallDelta,
} from '../../usecases/answer-events.ts';
import { createResponseBuilder, type ResponseEvent } from './response-builder.ts';

const request = { model: 'm', input: 'hi' };

function makeBuilder(fields: object = {}) {
  let ids = 0;
  return createResponseBuilder({
    id: 'resp_1',
    request: parseWire(responseRequestSchema, { ...request, ...fields }),
    newId: (prefix) => `${prefix}_${++ids}`,
    now: () => 1_700_000_000,
  });
}

const piece = (fields: Partial<AnswerPieceEvent>): AnswerPieceEvent => ({
  ...emptyPiece,
  ...fields,
});
const content = (text: string) => piece({ content: text });
const thinking = (text: string) => piece({ thinking: text });
const call = (delta: Partial<ToolCallDelta>) =>
  piece({
    toolCallDeltas: [{ index: 0, id: 'call_1', name: 'add', isFirst: true, argumentsText: '{"a":1}', ...delta }],
  });

const counts = (fields: Partial<AnswerCounts> = {}): AnswerCounts => ({
  reason: 'stop',
  stopSequence: undefined,
  promptTokens: 7,
  cachedTokens: 3,
  promptNs: 1,
  generatedTokens: 5,
  thinkingTokens: 2,
  generationNs: 1,
  tokens: [],
  ...fields,
});

function run(pieces: readonly AnswerPieceEvent[], ending = counts(), fields: object = {}) {
  const builder = makeBuilder(fields);
  const events = [...builder.start(), ...pieces.flatMap((each) => builder.push(each)), ...builder.finish(ending)];
  return { events, response: builder.response() };
}

const order = (events: readonly ResponseEvent[]) =>
  events.map(({ type, output_index: index }) => {
    const name = type.replace('response.', '');
    return typeof index === 'number' ? `${index} ${name}` : name;
  });

const begin = ['created', 'in_progress'];
const messageAt = (index: number, deltas: number) => [
  `${index} output_item.added`,
  `${index} content_part.added`,
  ...Array<string>(deltas).fill(`${index} output_text.delta`),
  `${index} output_text.done`,
  `${index} content_part.done`,
  `${index} output_item.done`,
];
const reasoningAt = (index: number, deltas: number) => [
  `${index} output_item.added`,
  `${index} reasoning_summary_part.added`,
  ...Array<string>(deltas).fill(`${index} reasoning_summary_text.delta`),
  `${index} reasoning_summary_text.done`,
  `${index} reasoning_summary_part.done`,
  `${index} output_item.done`,
];
const callAt = (index: number, deltas: number) => [
  `${index} output_item.added`,
  ...Array<string>(deltas).fill(`${index} function_call_arguments.delta`),
  `${index} function_call_arguments.done`,
  `${index} output_item.done`,
];

describe('order of events', () => {
  test.each([
    { name: 'a message', pieces: [content('a'), content('b')], events: messageAt(0, 2), items: ['message'] },
    { name: 'no answer at all is an empty message', pieces: [], events: messageAt(0, 0), items: ['message'] },
    {
      name: 'thinking, then a message',
      pieces: [thinking('x'), thinking('y'), content('a')],
      events: [...reasoningAt(0, 2), ...messageAt(1, 1)],
      items: ['reasoning', 'message'],
    },
    {
      name: 'thinking and content in one piece',
      pieces: [piece({ thinking: 'x', content: 'a' })],
      events: [...reasoningAt(0, 1), ...messageAt(1, 1)],
      items: ['reasoning', 'message'],
    },
    {
      name: 'thinking alone is followed by an empty message',
      pieces: [thinking('x')],
      events: [...reasoningAt(0, 1), ...messageAt(1, 0)],
      items: ['reasoning', 'message'],
    },
    { name: 'a call alone', pieces: [call({})], events: callAt(0, 1), items: ['function_call'] },
    {
      name: 'a call as it is written',
      pieces: [
        call({ argumentsText: '' }),
        call({ isFirst: false, argumentsText: '{' }),
        call({ isFirst: false, argumentsText: '}' }),
      ],
      events: callAt(0, 2),
      items: ['function_call'],
    },
    {
      name: 'thinking, a message and two calls',
      pieces: [thinking('x'), content('a'), call({}), call({ index: 1, id: 'call_2' })],
      events: [...reasoningAt(0, 1), ...messageAt(1, 1), ...callAt(2, 1), ...callAt(3, 1)],
      items: ['reasoning', 'message', 'function_call', 'function_call'],
    },
  ])('$name', ({ pieces, events, items }) => {
    const made = run(pieces);
    expect(order(made.events)).toEqual([...begin, ...events, 'completed']);
    expect(made.response.output.map(({ type }) => type)).toEqual(items);
    expect(made.response.status).toBe('completed');
  });

  test('of an answer that was cut off the open item is incomplete', () => {
    const { events, response } = run([thinking('x'), content('a')], counts({ reason: 'length' }));
    expect(order(events)).toEqual([...begin, ...reasoningAt(0, 1), ...messageAt(1, 1), 'completed']);
    expect(response).toMatchObject({
      status: 'completed',
      incomplete_details: null,
      output: [{ status: 'completed' }, { status: 'incomplete' }],
    });
  });

  test('a failure closes what is open, tells the response and ends with an error', () => {
    const builder = makeBuilder();
    const events = [
      ...builder.start(),
      ...builder.push(content('a')),
      ...builder.fail({ message: 'gone', param: undefined }),
    ];
    expect(order(events)).toEqual([...begin, ...messageAt(0, 1), 'failed', 'error']);
    expect(events.at(-2)).toMatchObject({
      response: {
        status: 'failed',
        error: { code: 'server_error', message: 'gone' },
        output: [{ status: 'incomplete' }],
      },
    });
    expect(events.at(-1)).toEqual({
      type: 'error',
      code: 'server_error',
      message: 'gone',
      param: null,
      error: { code: 'server_error', message: 'gone', param: null },
      sequence_number: events.length - 1,
    });
  });
});

describe('what the events hold', () => {
  test('the usage of the request', () => {
    expect(run([content('a')]).response['usage']).toEqual({
      input_tokens: 7,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 12,
    });
  });

  test('a function of a namespace has its two names again', () => {
    const tools = [{ type: 'namespace', name: 'maths', tools: [{ type: 'function', name: 'add' }] }];
    const { response } = run([call({ name: 'maths.add' })], counts(), { tools });
    expect(response.output).toMatchObject([
      { type: 'function_call', name: 'add', namespace: 'maths', call_id: 'call_1' },
    ]);
  });

  test('log probabilities of text that was held back come with the text', () => {
    const token = (text: string) => ({ token: text, logprob: -1, bytes: [...Buffer.from(text)], top: [] });
    const { events, response } = run([
      piece({ logprobs: [token('<')] }),
      piece({ content: '<b', logprobs: [token('b')] }),
    ]);
    const told = [
      { token: '<', logprob: -1, bytes: [60], top_logprobs: [] },
      { token: 'b', logprob: -1, bytes: [98], top_logprobs: [] },
    ];
    expect(events.find(({ type }) => type === 'response.output_text.delta')).toMatchObject({ logprobs: told });
    expect(response.output).toMatchObject([{ content: [{ text: '<b', logprobs: told }] }]);
  });

  test('thinking can be given back: it stands in encrypted_content as it is', () => {
    expect(run([thinking('x'), thinking('y')]).response.output[0]).toMatchObject({
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'xy' }],
      encrypted_content: 'xy',
    });
  });
});

describe('properties', () => {
  const anyPiece = fc.oneof(
    fc.string().map(content),
    fc.string().map(thinking),
    fc.tuple(fc.string(), fc.string()).map(([one, other]) => piece({ thinking: one, content: other })),
    fc.integer({ min: 0, max: 99 }).map((number) => call({ id: `call_${number}`, argumentsText: `{"n":${number}}` })),
  );
  const anyAnswer = fc.array(anyPiece, { maxLength: 20 });
  const joined = (events: readonly ResponseEvent[], id: unknown) =>
    events
      .filter((event) => event['item_id'] === id && event.type.endsWith('.delta'))
      .map((event) => event['delta'])
      .join('');

  test("an item's text is its deltas, and the pieces' text is the items'", () => {
    fc.assert(
      fc.property(anyAnswer, (pieces) => {
        const { events, response } = run(pieces);
        const texts = { reasoning: '', message: '', function_call: '' };
        for (const item of response.output) {
          const text =
            item.type === 'function_call'
              ? item.arguments
              : (item.type === 'reasoning' ? item.summary : item.content).map((part) => part.text).join('');
          expect(joined(events, item.id)).toBe(text);
          texts[item.type] += text;
        }
        expect(texts.message).toBe(pieces.map((each) => each.content).join(''));
        expect(texts.reasoning).toBe(pieces.map((each) => each.thinking).join(''));
      }),
    );
  });

  test('numbers rise by one, one item is open at a time, and each ends as the response has it', () => {
    fc.assert(
      fc.property(anyAnswer, (pieces) => {
        const { events, response } = run(pieces);
        expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
        const done = events.filter(({ type }) => type === 'response.output_item.done').map((event) => event['item']);
        // All events of the first item stand before all of the second, and so on.
        const indexes = events.map((event) => Number(event['output_index'] ?? NaN)).filter((index) => index >= 0);
        expect(indexes).toEqual(indexes.toSorted((one, other) => one - other));
        const ends = events.filter(({ type }) => /output_item\.(added|done)$/.test(type)).map(({ type }) => type);
        expect(ends).toEqual(done.flatMap(() => ['response.output_item.added', 'response.output_item.done']));
        expect(done).toEqual(response.output);
        expect(events.at(-1)).toMatchObject({ type: 'response.completed', response });
      }),
    );
  });
});
