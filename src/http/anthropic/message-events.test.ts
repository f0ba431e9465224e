import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { emptyPiece, type AnswerDoneEvent, type AnswerPieceEvent } from '../../usecases/answer-events.ts';
import { foldMessage } from './fold-message.ts';
import type { Message, MessageEvent } from './message-event.ts';
import { createMessageEvents, type AnswerPart, type MessageFacts } from './message-events.ts';

const facts: MessageFacts = { id: 'msg_1', model: 'm', maxTokens: 10, stopSequences: ['END'], showsThinking: true };
const piece = (fields: Partial<AnswerPieceEvent>): AnswerPieceEvent => ({ ...emptyPiece, ...fields });
const done = (fields: Partial<AnswerDoneEvent> = {}): AnswerDoneEvent => ({
  type: 'done',
  reason: 'stop',
  stopSequence: undefined,
  promptTokens: 7,
  cachedTokens: 3,
  promptNs: 1,
  generatedTokens: 5,
  generationNs: 1,
  tokens: [],
  totalNs: 1,
  loadNs: 1,
  ...fields,
});
const call = (index: number, argumentsText: string, isFirst = true) =>
  piece({ toolCallDeltas: [{ index, id: `call_${index}`, name: 'look', isFirst, argumentsText }] });

function eventsOf(parts: readonly AnswerPart[], changes: Partial<MessageFacts> = {}): MessageEvent[] {
  const give = createMessageEvents({ ...facts, ...changes });
  return parts.flatMap((part) => give(part));
}

async function messageOf(parts: readonly AnswerPart[], changes: Partial<MessageFacts> = {}): Promise<Message> {
  async function* events() {
    yield* eventsOf(parts, changes);
  }
  return foldMessage(events());
}

it('opens and closes a block for each kind in turn', () => {
  const begun = {
    type: 'begun',
    promptTokens: 7,
    cachedTokens: 3,
    thinks: true,
    boundsThinking: true,
    unheldTools: [],
  } as const;
  const events = eventsOf([
    begun,
    piece({ thinking: 'hm' }),
    piece({ content: 'a' }),
    call(0, '{}'),
    call(1, '{}'),
    done(),
  ]);
  expect(events.map((event) => ('index' in event ? `${event.type} ${event.index}` : event.type))).toEqual([
    'message_start',
    'ping',
    'content_block_start 0',
    'content_block_delta 0',
    'content_block_delta 0',
    'content_block_stop 0',
    'content_block_start 1',
    'content_block_delta 1',
    'content_block_stop 1',
    'content_block_start 2',
    'content_block_delta 2',
    'content_block_stop 2',
    'content_block_start 3',
    'content_block_delta 3',
    'content_block_stop 3',
    'message_delta',
    'message_stop',
  ]);
  // Every event is one that the SDK's types know.
  const known: Exclude<MessageEvent, { type: 'ping' }>[] & RawMessageStreamEvent[] = [];
  known.push(...events.filter((event) => event.type !== 'ping'));
  expect(known).toHaveLength(events.length - 1);
  expect(events[0]).toMatchObject({
    message: { usage: { input_tokens: 4, cache_read_input_tokens: 3, output_tokens: 0 } },
  });
});

describe('a message ends', () => {
  it.each<[string, readonly AnswerPart[], string, string | null]>([
    ['by itself', [done()], 'end_turn', null],
    ['at the client’s token limit', [done({ reason: 'length', generatedTokens: 10 })], 'max_tokens', null],
    ['with the context full', [done({ reason: 'length' })], 'model_context_window_exceeded', null],
    ['at a stop sequence', [done({ stopSequence: 'END' })], 'stop_sequence', 'END'],
    ['at a stop string that is the model’s own', [done({ stopSequence: '<eos>' })], 'end_turn', null],
    ['with a call', [call(0, '{}'), done()], 'tool_use', null],
    ['with a call cut off', [call(0, '{"a'), done({ reason: 'length', generatedTokens: 10 })], 'max_tokens', null],
  ])('%s', async (_, parts, reason, sequence) => {
    expect(await messageOf(parts)).toMatchObject({ stop_reason: reason, stop_sequence: sequence });
  });
});

it('keeps thinking from sight where the client asks for that, and for the next turn', async () => {
  const message = await messageOf([piece({ thinking: 'secret' }), piece({ content: 'a' }), done()], {
    showsThinking: false,
  });
  expect(message.content[0]).toMatchObject({ type: 'thinking', thinking: '' });
  expect(JSON.stringify(message)).not.toContain('secret');
  expect(message.content[1]).toMatchObject({ type: 'text', text: 'a' });
});

it('gives an incomplete call as it is', async () => {
  const message = await messageOf([call(0, '{"a":'), done({ reason: 'length' })]);
  expect(message.content).toMatchObject([{ type: 'tool_use', name: 'look', input: { _incomplete: '{"a":' } }]);
});

const split = (text: string, cuts: readonly number[]): string[] => {
  const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((one, other) => one - other);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
};

it('is the same message however its answer is cut', async () => {
  const texts = fc.record({
    thinking: fc.string(),
    content: fc.string(),
    inputs: fc.array(fc.jsonValue(), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat(40)), fc.boolean(), async (answer, cuts, showsThinking) => {
      const inputs = answer.inputs.map((value) => JSON.stringify({ value }));
      const parts = (cut: (text: string) => readonly string[]): AnswerPart[] => [
        ...cut(answer.thinking).map((thinking) => piece({ thinking })),
        ...cut(answer.content).map((content) => piece({ content })),
        ...inputs.flatMap((input, index) => cut(input).map((part, at) => call(index, part, at === 0))),
        done(),
      ];
      const whole = await messageOf(
        parts((text) => [text]),
        { showsThinking },
      );
      expect(
        await messageOf(
          parts((text) => split(text, cuts)),
          { showsThinking },
        ),
      ).toEqual({
        ...whole,
        usage: expect.anything(),
      });
      const shown = whole.content.map((block) => (block.type === 'text' ? block.text : ''));
      expect(shown.join('')).toBe(answer.content);
      expect(whole.content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : []))).toEqual(
        inputs.map((input) => JSON.parse(input) as unknown),
      );
    }),
  );
});
