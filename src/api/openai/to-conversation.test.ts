import { describe, expect, test } from 'vitest';
import { CorralError } from '../../core/corral-error.ts';
import { parseWire } from '../wire-schema.ts';
import { chatCompletionRequestSchema } from './chat-completion-request.ts';
import { toConversation } from './to-conversation.ts';

const hello = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } };
const news = { type: 'function', function: { name: 'news' } };
const tools = [weather, news];

const translate = (body: object, choice = 0) => toConversation(parseWire(chatCompletionRequestSchema, body))(choice);

function faultOf(body: object): { param: string | undefined; status: number; message: string } {
  try {
    translate(body);
  } catch (thrown) {
    if (thrown instanceof CorralError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('fields of a chat completion', () => {
  const cases: [name: string, sent: object, meant: object][] = [
    ['nothing: temperature and top_p are 1', {}, { options: { temperature: 1, top_p: 1 }, logprobs: false }],
    ['null counts as nothing', { temperature: null, stop: null }, { options: { temperature: 1, top_p: 1 } }],
    ['temperature 0 is kept', { temperature: 0 }, { options: { temperature: 0, top_p: 1 } }],
    [
      'penalties',
      { frequency_penalty: 0.5, presence_penalty: -1 },
      { options: { frequency_penalty: 0.5, presence_penalty: -1 } },
    ],
    ['one stop text', { stop: 'END' }, { options: { stop: ['END'] } }],
    ['several stop texts', { stop: ['a', 'b'] }, { options: { stop: ['a', 'b'] } }],
    ['max_tokens', { max_tokens: 5 }, { options: { num_predict: 5 } }],
    ['max_completion_tokens wins', { max_tokens: 5, max_completion_tokens: 7 }, { options: { num_predict: 7 } }],
    ['no bound', { max_tokens: -1 }, { options: { num_predict: -1 } }],
    [
      'logit_bias',
      { logit_bias: { '17': -100, '3': 1.5 } },
      {
        logitBias: [
          [3, 1.5],
          [17, -100],
        ],
      },
    ],
    ['logprobs', { logprobs: true, top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
    ['plain text', { response_format: { type: 'text' } }, {}],
    ['any JSON object', { response_format: { type: 'json_object' } }, { format: 'json' }],
    [
      'a schema',
      {
        response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'string' } } },
      },
      { format: { type: 'string' } },
    ],
    ['effort none', { reasoning_effort: 'none' }, { think: false }],
    ['effort minimal', { reasoning_effort: 'minimal' }, { think: 'low' }],
    ['effort medium', { reasoning_effort: 'medium' }, { think: 'medium' }],
    ['effort xhigh', { reasoning_effort: 'xhigh' }, { think: 'max' }],
    ['effort as an object', { reasoning: { effort: 'high' } }, { think: 'high' }],
    ['streaming: calls as they are written', { stream: true }, { streamsToolCalls: true }],
    ['one call at a time', { parallel_tool_calls: false }, { parallelToolCalls: false }],
    ['a choice of tool without tools', { tool_choice: 'auto' }, { tools: [] }],
    ['tools', { tools }, { tools }],
    ['a forced tool', { tools, tool_choice: 'required' }, { tools, toolChoice: 'required' }],
    ['no tool', { tools, tool_choice: 'none' }, { tools, toolChoice: 'none' }],
    [
      'a named tool',
      { tools, tool_choice: { type: 'function', function: { name: 'news' } } },
      { tools, toolChoice: { name: 'news' } },
    ],
    [
      'allowed tools',
      {
        tools,
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'news' } }] },
        },
      },
      { tools: [news], toolChoice: 'required' },
    ],
    [
      'a strict tool is enforced',
      { tools: [{ type: 'function', function: { name: 'news', strict: true } }] },
      { tools: [news], toolChoice: 'auto', strictTools: ['news'] },
    ],
    [
      'fields that change nothing here',
      {
        user: 'u',
        metadata: { a: 'b' },
        safety_identifier: 's',
        prompt_cache_key: 'k',
        prompt_cache_retention: '24h',
        prompt_cache_options: { mode: 'implicit' },
        prediction: { type: 'content', content: 'x' },
        store: false,
        service_tier: 'auto',
        modalities: ['text'],
        verbosity: 'medium',
        stream_options: { include_obfuscation: false },
      },
      {},
    ],
  ];
  test.each(cases)('%s', (_, sent, meant) => {
    expect(translate({ ...hello, ...sent })).toMatchObject(meant);
  });

  test('a choice has a seed of its own', () => {
    expect(translate({ ...hello, seed: 40 }, 2).options).toMatchObject({ seed: 42 });
    expect(translate(hello, 2).options).not.toHaveProperty('seed');
  });
});

describe('fields that are refused by name', () => {
  const format = (response_format: object) => ({ response_format });
  const cases: [param: string, sent: object][] = [
    ['audio', { audio: { voice: 'alloy', format: 'mp3' } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['store', { store: true }],
    ['verbosity', { verbosity: 'low' }],
    ['web_search_options', { web_search_options: {} }],
    ['moderation', { moderation: { model: 'm' } }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['function_call', { function_call: 'auto' }],
    ['stream_options.include_obfuscation', { stream_options: { include_obfuscation: true } }],
    ['service_tier', { service_tier: 'gold' }],
    ['n', { n: 0 }],
    ['n', { n: 1000 }],
    ['temperature', { temperature: 'hot' }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_completion_tokens', { max_completion_tokens: 0.5 }],
    ['stop', { stop: 7 }],
    ['logit_bias', { logit_bias: { hello: 1 } }],
    ['logit_bias.5', { logit_bias: { '5': 101 } }],
    ['top_logprobs', { top_logprobs: 2 }],
    ['top_logprobs', { logprobs: true, top_logprobs: 21 }],
    ['reasoning_effort', { reasoning_effort: 'heroic' }],
    ['response_format.type', format({ type: 'grammar' })],
    ['response_format.json_schema', format({ type: 'json_schema' })],
    ['tools[0].type', { tools: [{ type: 'custom', custom: { name: 'c' } }] }],
    ['tools[0].function', { tools: [{ type: 'function' }] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
    ['tools[0].function.parameters', { tools: [{ function: { name: 'f', parameters: [] } }] }],
    ['tools[0].function.parameters.type', { tools: [{ function: { name: 'f', parameters: { type: 'string' } } }] }],
    [
      'tools[0].function.parameters.properties',
      { tools: [{ function: { name: 'f', parameters: { properties: { a: 1 } } } }] },
    ],
    ['tools[0].function.parameters.required', { tools: [{ function: { name: 'f', parameters: { required: 'a' } } }] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['tool_choice', { tools, tool_choice: 'any' }],
    ['tool_choice.type', { tools, tool_choice: { type: 'custom', custom: { name: 'c' } } }],
    ['tool_choice.function.name', { tools, tool_choice: { type: 'function', function: { name: 'other' } } }],
    ['tool_choice.allowed_tools.tools', { tools, tool_choice: { type: 'allowed_tools', allowed_tools: {} } }],
    ['messages', { messages: 'Hello' }],
  ];
  test.each(cases)('%s: %j', (param, sent) => {
    expect(faultOf({ ...hello, ...sent })).toMatchObject({ param, status: 400 });
  });

  test('no messages, in the words of Ollama', () => {
    expect(faultOf({ model: 'm', messages: [] }).message).toBe("[] is too short - 'messages'");
    expect(faultOf({ model: 'm' }).message).toBe("[] is too short - 'messages'");
  });
});
