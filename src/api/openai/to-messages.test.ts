import { describe, expect, test } from 'vitest';
import { CorralError } from '../../core/corral-error.ts';
import { parseWire } from '../wire-schema.ts';
import { chatCompletionRequestSchema } from './chat-completion-request.ts';
import { toMessages } from './to-messages.ts';

const pixel = 'iVBORw0KGgo=';

const translate = (messages: readonly object[]) =>
  toMessages(parseWire(chatCompletionRequestSchema, { messages }).messages);

const image = (url: string) => ({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] });
const call = (text: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: text } }],
});

describe('messages', () => {
  const cases: [name: string, sent: object, meant: object][] = [
    ['a text', { role: 'user', content: 'Hi', name: 'Ann' }, { role: 'user', content: 'Hi' }],
    ['the developer is the system', { role: 'developer', content: 'Be kind' }, { role: 'system', content: 'Be kind' }],
    [
      'parts of one message are one message',
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: 'a\nb' },
    ],
    [
      'an image as a data URL',
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
        ],
      },
      { role: 'user', content: 'Look', images: [pixel] },
    ],
    ['an image without a type', image(`data:;base64,${pixel}`), { role: 'user', content: '', images: [pixel] }],
    [
      'an image as a text alone',
      { role: 'user', content: [{ type: 'image_url', image_url: `data:image/webp;base64,${pixel}` }] },
      { role: 'user', content: '', images: [pixel] },
    ],
    [
      'a call, its arguments parsed',
      call('{"b":2,"a":1}'),
      { role: 'assistant', content: '', toolCalls: [{ id: 'call_1', name: 'add', arguments: { b: 2, a: 1 } }] },
    ],
    [
      'a call without arguments',
      call(''),
      { role: 'assistant', content: '', toolCalls: [{ id: 'call_1', name: 'add', arguments: {} }] },
    ],
    [
      'a call of the older kind',
      { role: 'assistant', content: null, function_call: { name: 'add', arguments: '{}' } },
      { role: 'assistant', content: '', toolCalls: [{ id: '', name: 'add', arguments: {} }] },
    ],
    [
      'thinking',
      { role: 'assistant', content: '4', reasoning: '2+2' },
      { role: 'assistant', content: '4', thinking: '2+2' },
    ],
    ['a refusal', { role: 'assistant', content: null, refusal: 'No.' }, { role: 'assistant', content: 'No.' }],
    [
      'a result of the older kind',
      { role: 'function', name: 'add', content: '3' },
      { role: 'tool', content: '3', toolName: 'add' },
    ],
  ];
  test.each(cases)('%s', (_, sent, meant) => {
    expect(translate([sent])).toEqual([meant]);
  });

  test('a result is told the name of its call', () => {
    expect(translate([call('{}'), { role: 'tool', tool_call_id: 'call_1', content: '3' }])[1]).toEqual({
      role: 'tool',
      content: '3',
      toolName: 'add',
      toolCallId: 'call_1',
    });
  });
});

describe('messages that can not be', () => {
  const part = (fields: object) => ({ role: 'user', content: [fields] });
  const cases: [param: string, sent: object][] = [
    ['messages[0].role', { content: 'x' }],
    ['messages[0].content', { role: 'user' }],
    ['messages[0].content', { role: 'user', content: 5 }],
    ['messages[0].content[0].text', part({ type: 'text' })],
    ['messages[0].content[0].type', part({ type: 'video' })],
    ['messages[0].content[0]', part({ type: 'input_audio', input_audio: { data: '', format: 'wav' } })],
    ['messages[0].content[0]', part({ type: 'file', file: { file_id: 'f' } })],
    ['messages[0].content[0].image_url', part({ type: 'image_url' })],
    ['messages[0].content[0].image_url', image('https://example.com/cat.png')],
    ['messages[0].content[0].image_url', image('data:image/gif;base64,R0lGODlh')],
    ['messages[0].content[0].image_url', image('data:image/png;base64,!')],
    ['messages[0].tool_calls[0].function.arguments', call('{')],
    ['messages[0].tool_calls[0].function.arguments', call('[1]')],
    ['messages[0].tool_calls[0].type', { role: 'assistant', tool_calls: [{ type: 'custom', custom: {} }] }],
    ['messages[0].tool_calls[0].function.name', { role: 'assistant', tool_calls: [{ function: {} }] }],
    ['messages[0].audio', { role: 'assistant', content: 'x', audio: { id: 'a' } }],
  ];
  test.each(cases)('%s: %j', (param, sent) => {
    expect(() => translate([sent])).toThrow(expect.objectContaining({ param, status: 400 }));
    expect(() => translate([sent])).toThrow(CorralError);
  });

  test('a remote image is named', () => {
    expect(() => translate([image('https://example.com/cat.png')])).toThrow(
      '"https://example.com/cat.png" is not fetched',
    );
  });
});
