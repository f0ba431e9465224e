import { describe, expect, test } from 'vitest';
import { responseRequestSchema } from '../../api/openai/response-request.ts';
import { parseWire } from '../../api/wire-schema.ts';
import { responseConversation } from './response-conversation.ts';
import { resolveInput } from './response-input.ts';
import { createResponseStore } from './response-store.ts';

function conversation(fields: object) {
  const request = parseWire(responseRequestSchema, { model: 'm', input: 'hi', ...fields });
  return responseConversation(request, resolveInput(request, createResponseStore(), () => 'id').conversation);
}
const call = (id: string, name = 'add') => ({ type: 'function_call', call_id: id, name, arguments: '{"a":1}' });
const toolCall = (id: string, name = 'add') => ({ id, name, arguments: { a: 1 } });
const output = (id: string, text: unknown) => ({ type: 'function_call_output', call_id: id, output: text });
const png = 'data:image/png;base64,AAAA';

describe('items as messages', () => {
  test.each([
    { name: 'a string is what the user says', input: 'hi', messages: [{ role: 'user', content: 'hi' }] },
    {
      name: 'a developer is a system message',
      input: [{ role: 'developer', content: 'be brief' }],
      messages: [{ role: 'system', content: 'be brief' }],
    },
    {
      name: 'parts are lines, images stand beside them',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'a' },
            { type: 'input_image', image_url: png },
            { type: 'input_text', text: 'b' },
          ],
        },
      ],
      messages: [{ role: 'user', content: 'a\nb', images: ['AAAA'] }],
    },
    {
      name: 'a refusal is what the model said',
      input: [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] }],
      messages: [{ role: 'assistant', content: 'no' }],
    },
    {
      name: 'reasoning, a message and its calls are one answer',
      input: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'hm' },
        { role: 'assistant', content: 'let me see' },
        call('c1'),
        call('c2', 'sub'),
        output('c1', '2'),
        output('c2', [{ type: 'input_text', text: '3' }]),
      ],
      messages: [
        {
          role: 'assistant',
          content: 'let me see',
          thinking: 'hm',
          toolCalls: [toolCall('c1'), toolCall('c2', 'sub')],
        },
        { role: 'tool', content: '2', toolCallId: 'c1', toolName: 'add' },
        { role: 'tool', content: '3', toolCallId: 'c2', toolName: 'sub' },
      ],
    },
    {
      name: 'reasoning behind a call begins a new answer',
      input: [call('c1'), { type: 'reasoning', summary: [], encrypted_content: 'hm' }, call('c2')],
      messages: [
        { role: 'assistant', content: '', toolCalls: [toolCall('c1')] },
        { role: 'assistant', content: '', thinking: 'hm', toolCalls: [toolCall('c2')] },
      ],
    },
    {
      name: 'a function of a namespace has one name',
      input: [{ ...call('c1'), namespace: 'maths' }],
      messages: [{ role: 'assistant', content: '', toolCalls: [toolCall('c1', 'maths.add')] }],
    },
    {
      name: 'a result whose call is not there',
      input: [output('c9', '2')],
      messages: [{ role: 'tool', content: '2', toolCallId: 'c9' }],
    },
  ])('$name', ({ input, messages }) => {
    expect(conversation({ input }).messages).toEqual(messages);
  });

  test('instructions stand before everything', () => {
    expect(conversation({ instructions: 'be brief' }).messages[0]).toEqual({ role: 'system', content: 'be brief' });
  });
});

describe('fields of the request', () => {
  const add = { type: 'function', name: 'add', parameters: { type: 'object' } };
  const sub = { type: 'function', name: 'sub' };
  const tools = [add, sub];
  const names = (kept: ReturnType<typeof conversation>) => kept.tools.map((tool) => tool.function.name);

  test.each([
    ['nothing said', {}, undefined, ['add', 'sub']],
    ['a strict function holds the model to its schema', { tools: [{ ...add, strict: true }] }, 'auto', ['add']],
    ['none', { tool_choice: 'none' }, 'none', ['add', 'sub']],
    ['required', { tool_choice: 'required' }, 'required', ['add', 'sub']],
    ['one function', { tool_choice: { type: 'function', name: 'sub' } }, { name: 'sub' }, ['add', 'sub']],
    [
      'some of the functions',
      { tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'sub' }] } },
      'required',
      ['sub'],
    ],
    [
      'a function of a namespace',
      {
        tools: [{ type: 'namespace', name: 'ns', tools: [add] }],
        tool_choice: { type: 'function', name: 'add', namespace: 'ns' },
      },
      { name: 'ns.add' },
      ['ns.add'],
    ],
  ])('choice of tools: %s', (_, fields, toolChoice, kept) => {
    const made = conversation({ tools, ...fields });
    expect(made.toolChoice).toEqual(toolChoice);
    expect(names(made)).toEqual(kept);
  });

  test.each([
    ['a function that is not there', { tools, tool_choice: { type: 'function', name: 'mul' } }, 'tool_choice'],
    ['required without tools', { tool_choice: 'required' }, 'tool_choice'],
    ['an effort that is none', { reasoning: { effort: 'huge' } }, 'reasoning.effort'],
    ['no input', { input: null }, 'input'],
    ['empty input', { input: [] }, 'input'],
    ['a response that is not kept', { previous_response_id: 'resp_1' }, 'previous_response_id'],
    ['an item that is not kept', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id'],
  ])('refused: %s', (_, fields, param) => {
    expect(() => conversation(fields)).toThrow(expect.objectContaining({ code: 'bad_request', status: 400, param }));
  });

  test.each([
    [undefined, undefined],
    ['none', false],
    ['minimal', 'low'],
    ['medium', 'medium'],
    ['xhigh', 'max'],
  ])('effort %s is think %s', (effort, think) => {
    expect(conversation({ reasoning: { effort } }).think).toBe(think);
  });

  test.each([
    ['text', undefined],
    ['json_object', 'json'],
  ])('format %s', (type, format) => {
    expect(conversation({ text: { format: { type } } }).format).toBe(format);
  });

  test('a prompt that is too long is refused unless truncation is allowed', () => {
    expect(conversation({})).toMatchObject({ truncate: false, shift: false });
    expect(conversation({ truncation: 'auto' })).toMatchObject({ truncate: true, shift: undefined });
  });

  test('sampling and its log probabilities', () => {
    const made = conversation({ temperature: 0, max_output_tokens: 9, include: ['message.output_text.logprobs'] });
    expect(made).toMatchObject({
      options: { temperature: 0, top_p: 1, num_predict: 9 },
      logprobs: true,
      top_logprobs: 0,
    });
  });
});
