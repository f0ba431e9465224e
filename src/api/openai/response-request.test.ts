import { describe, expect, test } from 'vitest';
import { parseWire } from '../wire-schema.ts';
import { responseRequestSchema } from './response-request.ts';

const parse = (fields: object) => parseWire(responseRequestSchema, { model: 'm', input: 'hi', ...fields });
const faultOf = (fields: object): unknown => {
  try {
    parse(fields);
  } catch (error) {
    return error;
  }
  return undefined;
};
const user = (content: unknown) => ({ input: [{ role: 'user', content }] });
const image = (fields: object) => user([{ type: 'input_image', ...fields }]);
const schema = { type: 'json_schema', name: 'n' };

describe('what is refused, by the name of its field', () => {
  const table: readonly (readonly [name: string, fields: object, param: string])[] = [
    ['a response in the background', { background: true }, 'background'],
    ['a conversation', { conversation: 'conv_1' }, 'conversation'],
    ['a prompt template', { prompt: { id: 'pmpt_1' } }, 'prompt'],
    ['context management', { context_management: [{ type: 'compaction' }] }, 'context_management'],
    ['moderation', { moderation: { model: 'x' } }, 'moderation'],
    ['padding of the stream', { stream_options: { include_obfuscation: true } }, 'stream_options.include_obfuscation'],
    ['verbosity', { text: { verbosity: 'low' } }, 'text.verbosity'],
    ['an unknown format', { text: { format: { type: 'yaml' } } }, 'text.format.type'],
    ['a format without its schema', { text: { format: schema } }, 'text.format.schema'],
    ['an unknown include', { include: ['everything'] }, 'include[0]'],
    ['too high a temperature', { temperature: 2.5 }, 'temperature'],
    ['no tokens at all', { max_output_tokens: 0 }, 'max_output_tokens'],
    ['too many log probabilities', { top_logprobs: 21 }, 'top_logprobs'],
    ['metadata of another type', { metadata: { a: 1 } }, 'metadata.a'],
    ['too much metadata', { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, ''])) }, 'metadata'],
    ['reasoning in another mode', { reasoning: { mode: 'pro' } }, 'reasoning.mode'],
    ...['web_search', 'file_search', 'computer', 'code_interpreter', 'mcp', 'image_generation', 'custom'].map(
      (type): readonly [string, object, string] => [`the tool ${type}`, { tools: [{ type }] }, 'tools[0].type'],
    ),
    ['a function without a name', { tools: [{ type: 'function' }] }, 'tools[0].name'],
    ['a namespace that holds another tool', namespace('mcp'), 'tools[0].tools[0].type'],
    ['a word that is no choice', { tool_choice: 'always' }, 'tool_choice'],
    ['the choice of a hosted tool', { tool_choice: { type: 'web_search' } }, 'tool_choice.type'],
    ['input of another type', { input: 5 }, 'input'],
    ['an item of an unknown kind', { input: [{ type: 'computer_call' }] }, 'input[0].type'],
    ['an item that is no object', { input: ['hi'] }, 'input[0]'],
    ['a role that is none', { input: [{ role: 'robot', content: 'hi' }] }, 'input[0].role'],
    ['a message without content', { input: [{ role: 'user' }] }, 'input[0].content'],
    ['a file', user([{ type: 'input_file', file_id: 'file_1' }]), 'input[0].content[0].type'],
    ['audio', user([{ type: 'input_audio' }]), 'input[0].content[0].type'],
    ['text without its text', user([{ type: 'input_text' }]), 'input[0].content[0].text'],
    ['the address of an image', image({ image_url: 'https://example.com/a.png' }), 'input[0].content[0].image_url'],
    ['an image that is no base64', image({ image_url: 'data:;base64,a-b' }), 'input[0].content[0].image_url'],
    ['an image by its file id', image({ image_url: 'data:;base64,AAAA', file_id: 'f' }), 'input[0].content[0].file_id'],
    ['arguments that are no JSON', functionCall('{'), 'input[0].arguments'],
    ['arguments that are no object', functionCall('[1]'), 'input[0].arguments'],
  ];

  test.each(table)('%s', (_, fields, param) => {
    expect(faultOf(fields)).toMatchObject({ code: 'bad_request', status: 400, param });
  });

  function namespace(type: string) {
    return { tools: [{ type: 'namespace', name: 'ns', tools: [{ type }] }] };
  }
  function functionCall(text: string) {
    return { input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: text }] };
  }
});

describe('what is accepted', () => {
  test.each([
    ['null means unset', { conversation: null, background: null, tools: null, metadata: null, reasoning: null }],
    ['false for what there is not', { background: false, stream_options: { include_obfuscation: false } }],
    ['what only helps OpenAI to run its service', { service_tier: 'flex', user: 'u', prompt_cache_retention: '24h' }],
    ['includes of tools that are refused', { include: ['web_search_call.action.sources'] }],
    ['an item_reference', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['a search that another server made', { input: [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }] }],
    ['an image whose type is not said', image({ image_url: 'data:;base64,AAAA' })],
  ])('%s', (_, fields) => {
    expect(faultOf(fields)).toBeUndefined();
  });

  test('defaults are those of OpenAI', () => {
    expect(parse({})).toMatchObject({
      store: true,
      stream: false,
      temperature: 1,
      top_p: 1,
      truncation: 'disabled',
      parallel_tool_calls: true,
      text: { format: { type: 'text' } },
      tools: [],
      metadata: {},
    });
  });

  test("a string is a message's one part, of the role's kind", () => {
    const roles = ['user', 'assistant', 'system', 'developer'] as const;
    const { input } = parse({ input: roles.map((role) => ({ role, content: 'hi' })) });
    expect(input).toMatchObject([
      { type: 'message', content: [{ type: 'input_text', text: 'hi' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'hi', annotations: [] }] },
      { type: 'message', content: [{ type: 'input_text', text: 'hi' }] },
      { type: 'message', content: [{ type: 'input_text', text: 'hi' }] },
    ]);
  });
});
