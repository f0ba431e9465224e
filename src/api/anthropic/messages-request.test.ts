import { describe, expect, it } from 'vitest';
import { parseMessagesRequest, unknownFields } from './messages-request.ts';
import { toConversation, toOptions } from './to-conversation.ts';
import { thinkingSignature } from './thinking-signature.ts';

const least = { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'Q' }] };
const conversation = (changes: object) => toConversation(parseMessagesRequest({ ...least, ...changes }));
const turnsOf = (messages: readonly object[], changes: object = {}) => conversation({ messages, ...changes }).messages;
const user = (...content: readonly object[]) => ({ role: 'user', content });
const assistant = (...content: readonly object[]) => ({ role: 'assistant', content });
const text = (value: string) => ({ type: 'text', text: value });
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
const use = { type: 'tool_use', id: 'toolu_1', name: 'look', input: { b: 1, a: 2 } };
const look = { name: 'look', input_schema: { type: 'object' } };

describe('messages become turns', () => {
  it.each<[string, readonly object[], object, readonly object[]]>([
    ['of plain text', [{ role: 'user', content: 'Q' }], {}, [{ role: 'user', content: 'Q' }]],
    [
      'behind the system text',
      [user(text('Q'))],
      { system: [text('A'), { ...text('B'), cache_control: { type: 'ephemeral' } }] },
      [
        { role: 'system', content: 'A\nB' },
        { role: 'user', content: 'Q' },
      ],
    ],
    [
      'with system texts between them',
      [user(text('Q')), { role: 'system', content: 'S' }],
      {},
      [
        { role: 'user', content: 'Q' },
        { role: 'system', content: 'S' },
      ],
    ],
    ['with images', [user(text('What?'), png)], {}, [{ role: 'user', content: 'What?', images: ['aGk='] }]],
    [
      'that alternate',
      [user(text('A')), { role: 'user', content: 'B' }, assistant(text('C')), assistant(text('D'))],
      {},
      [
        { role: 'user', content: 'A\nB' },
        { role: 'assistant', content: 'C\nD' },
      ],
    ],
    [
      'with documents as text under their titles',
      [
        user(
          { type: 'document', title: 'T', context: 'C', source: { type: 'text', media_type: 'text/plain', data: 'D' } },
          { type: 'document', source: { type: 'content', content: [text('E'), png] } },
          { type: 'search_result', title: 'R', source: 'S', content: [text('F')] },
        ),
      ],
      {},
      [{ role: 'user', content: 'T\nC\nD\nE\nR\nS\nF', images: ['aGk='] }],
    ],
    [
      'with calls, thinking and results, which know the tool’s name',
      [
        assistant({ type: 'thinking', thinking: 'hm', signature: 's' }, text('So'), use),
        user({ type: 'tool_result', tool_use_id: 'toolu_1', content: [text('R'), png] }, text('And?')),
      ],
      {},
      [
        {
          role: 'assistant',
          content: 'So',
          thinking: 'hm',
          toolCalls: [{ id: 'toolu_1', name: 'look', arguments: { b: 1, a: 2 } }],
        },
        { role: 'tool', content: 'R', images: ['aGk='], toolCallId: 'toolu_1', toolName: 'look' },
        { role: 'user', content: 'And?' },
      ],
    ],
    [
      'with failed results that say so, and empty ones',
      [
        user(
          { type: 'tool_result', tool_use_id: 'x', content: 'gone', is_error: true },
          { type: 'tool_result', tool_use_id: 'y' },
        ),
      ],
      {},
      [
        { role: 'tool', content: 'Error: gone', toolCallId: 'x' },
        { role: 'tool', content: '', toolCallId: 'y' },
      ],
    ],
    [
      'without thinking that is not ours to read',
      [assistant({ type: 'redacted_thinking', data: 'zzz' }, text('A'))],
      {},
      [{ role: 'assistant', content: 'A' }],
    ],
    [
      'with thinking that was kept from sight',
      [assistant({ type: 'thinking', thinking: '', signature: thinkingSignature('geheim — 秘', false) }, text('A'))],
      {},
      [{ role: 'assistant', content: 'A', thinking: 'geheim — 秘' }],
    ],
  ])('%s', (_, messages, changes, expected) => {
    expect(turnsOf(messages, changes)).toEqual(expected);
  });
});

describe('fields mean', () => {
  it.each<[string, object, object]>([
    ['nothing where they are left out', {}, { think: undefined, tools: [], thinksIfAble: true }],
    ['thinking', { thinking: { type: 'enabled', budget_tokens: 1024 } }, { think: true }],
    ['no thinking', { thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { think: false }],
    ['an effort', { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } }, { think: 'high' }],
    ['more of a begun answer', { messages: [user(text('Q')), assistant(text('A'))] }, { think: false }],
    ['a schema', { output_config: { format: { type: 'json_schema', schema: { a: 1 } } } }, { format: { a: 1 } }],
    ['a schema, by its old name', { output_format: { type: 'json_schema', schema: { a: 1 } } }, { format: { a: 1 } }],
    ['a choice', { tools: [look], tool_choice: { type: 'auto' } }, { toolChoice: 'auto' }],
    ['some call', { tools: [look], tool_choice: { type: 'any' } }, { toolChoice: 'required' }],
    ['that call', { tools: [look], tool_choice: { type: 'tool', name: 'look' } }, { toolChoice: { name: 'look' } }],
    ['no call', { tools: [look], tool_choice: { type: 'none' } }, { toolChoice: 'none' }],
    [
      'arguments by their schema',
      { tools: [{ ...look, strict: true }] },
      { toolChoice: 'auto', strictTools: ['look'] },
    ],
    [
      'one call',
      { tools: [look], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      { parallelToolCalls: false },
    ],
    [
      'a tool with examples',
      { tools: [{ ...look, type: 'custom', description: 'D', input_examples: [{ a: 1 }] }] },
      {
        tools: [
          {
            type: 'function',
            function: { name: 'look', description: 'D\nExample input: {"a":1}', parameters: { type: 'object' } },
          },
        ],
      },
    ],
    [
      'nothing here but are welcome',
      { metadata: { user_id: 'u' }, service_tier: 'auto', cache_control: { type: 'ephemeral' }, speed: 'standard' },
      { think: undefined },
    ],
  ])('%s', (_, changes, expected) => {
    expect(conversation(changes)).toMatchObject(expected);
  });

  it('options by their names elsewhere', () => {
    const request = parseMessagesRequest({ ...least, temperature: 0, top_p: 0.5, top_k: 3, stop_sequences: ['x'] });
    expect(toOptions(request)).toEqual({ num_predict: 5, temperature: 0, top_p: 0.5, top_k: 3, stop: ['x'] });
    expect(toOptions(parseMessagesRequest(least))).toEqual({ num_predict: 5 });
  });
});

describe('what can’t be done is refused with its name', () => {
  const bytes = { media_type: 'application/pdf', data: '' };
  it.each<[string, object, string, RegExp]>([
    ['no tokens', { max_tokens: 0 }, 'max_tokens', /^max_tokens is required and must be positive$/],
    ['no model', { model: '' }, 'model', /^model is required$/],
    ['a role', { messages: [{ role: 'tool', content: '' }] }, 'messages[0].role', /none of user, assistant, system/],
    ['a missing role', { messages: [{ content: '' }] }, 'messages[0].role', /expected one of user/],
    [
      'a block without text',
      { messages: [user({ type: 'text' })] },
      'messages[0].content[0].text',
      /expected a string/,
    ],
    ['no block', { messages: [user(text('a')), user('x' as never)] }, 'messages[1].content[0]', /expected an object/],
    [
      'an image by its address',
      { messages: [user({ type: 'image', source: { type: 'url', url: 'https://x' } })] },
      'messages[0].content[0].source.type',
      /"url" sources are not fetched/,
    ],
    [
      'an image that is not base64',
      { messages: [user({ ...png, source: { ...png.source, data: '###' } })] },
      'messages[0].content[0].source.data',
      /illegal base64/,
    ],
    [
      'a PDF',
      { messages: [user({ type: 'document', source: { type: 'base64', ...bytes } })] },
      'messages[0].content[0].source.type',
      /"base64" sources are not read/,
    ],
    [
      'citations',
      { messages: [user({ type: 'document', source: { type: 'text', data: 'D' }, citations: { enabled: true } })] },
      'messages[0].content[0].citations.enabled',
      /citations are not supported/,
    ],
    [
      'a tool’s reference',
      { messages: [user({ type: 'tool_result', tool_use_id: 'x', content: [{ type: 'tool_reference' }] })] },
      'messages[0].content[0].content[0].type',
      /"tool_reference" block can't stand in a tool result/,
    ],
    ['a call by the user', { messages: [user(use)] }, 'messages[0].content[0].type', /can't stand in .* role user/],
    [
      'a server’s call',
      { messages: [assistant({ type: 'server_tool_use' })] },
      'messages[0].content[0].type',
      /"server_tool_use" blocks are not supported/,
    ],
    ['thinking between tools', { thinking: { type: 'between_tools' } }, 'thinking.type', /"between_tools" is none of/],
    ['an effort', { output_config: { effort: 'huge' } }, 'output_config.effort', /low/],
    ['a server’s tool', { tools: [{ type: 'web_fetch_20260318' }] }, 'tools[0].type', /runs on Anthropic's servers/],
    ['a built-in tool', { tools: [{ type: 'bash_20250124' }] }, 'tools[0].type', /built into Anthropic's models/],
    ['a tool without schema', { tools: [{ name: 'a' }] }, 'tools[0].input_schema', /expected an object/],
    ['a deferred tool', { tools: [{ ...look, defer_loading: true }] }, 'tools[0].defer_loading', /no tool search/],
    ['a call without tools', { tool_choice: { type: 'any' } }, 'tool_choice', /there are no tools/],
    [
      'a call of another tool',
      { tools: [look], tool_choice: { type: 'tool', name: 'leap' } },
      'tool_choice',
      /"leap", which is not one of the tools/,
    ],
    ['a container', { container: 'c' }, 'container', /no containers/],
    ['a place', { inference_geo: 'us' }, 'inference_geo', /this server alone/],
    ['a speed', { speed: 'fast' }, 'speed', /one speed/],
    ['a tier', { service_tier: 'gold' }, 'service_tier', /auto/],
    ['servers of tools', { mcp_servers: [{ url: 'https://x' }] }, 'mcp_servers', /not connected to/],
    [
      'thinking before more of a begun answer',
      { thinking: { type: 'adaptive' }, messages: [user(text('Q')), assistant(text('A'))] },
      'messages',
      /cannot be an assistant message/,
    ],
  ])('%s', (_, changes, param, message) => {
    expect(() => parseMessagesRequest({ ...least, ...changes })).toThrow(
      expect.objectContaining({ code: 'bad_request', param, message: expect.stringMatching(message) }),
    );
  });
});

it('tells the fields that it does not know', () => {
  expect(unknownFields({ ...least, context_management: {}, betas: [] })).toEqual(['context_management', 'betas']);
});
