/**
 * Choices of tools through a real server: a model of 135 million parameters that has never been taught to call tools makes valid calls,
 * because it can't do otherwise.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, post } from '../support/api-client.ts';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { judgeOf } from '../support/json-schema-judge.ts';

const weather = {
  type: 'object',
  properties: {
    city: { type: 'string', maxLength: 20 },
    unit: { enum: ['celsius', 'fahrenheit'] },
    days: { type: 'integer', minimum: 1, maximum: 9 },
  },
  required: ['city', 'unit'],
};
const lookup = {
  type: 'object',
  properties: { id: { $ref: '#/$defs/id' } },
  required: ['id'],
  $defs: { id: { type: 'integer' } },
};
const tools = [
  { type: 'function', function: { name: 'get_weather', description: 'Weather of a city', parameters: weather } },
  { type: 'function', function: { name: 'look_up', description: 'Look something up', parameters: lookup } },
];
const schemas: Readonly<Record<string, object>> = { get_weather: weather, look_up: lookup };

const chatml = (call: string) =>
  `{{- if .Tools }}<|im_start|>system\nTools: {{ .Tools }}<|im_end|>\n{{ end }}{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}{{ if .ToolCalls }}${call}{{ end }}<|im_end|>\n{{ end }}<|im_start|>assistant\n`;
const callJson =
  '{{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}{{ end }}';
const templates: Readonly<Record<string, string>> = {
  tagged: chatml(`<tool_call>${callJson}</tool_call>`),
  bare: chatml(callJson),
  list: chatml(`[TOOL_CALLS] [${callJson}]`),
};

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
  for (const [name, template] of Object.entries(templates)) {
    await answered(server, '/api/create', { model: name, from: chatModel, template, stream: false });
  }
  await answered(server, '/api/create', {
    model: 'thinking',
    from: chatModel,
    stream: false,
    template:
      templates['tagged']?.replace(
        '{{ .Content }}',
        '{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}',
      ) ?? '',
  });
}, 60_000);
afterAll(() => server.stop());

interface Message {
  readonly content: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: object } }[];
}

async function send(model: string, more: object) {
  const reply = await post(server, '/api/chat', {
    model,
    stream: false,
    messages: [{ role: 'user', content: 'How is the weather in Paris?' }],
    tools,
    options: { temperature: 0, num_predict: 150 },
    ...more,
  });
  return {
    status: reply.status,
    ...(JSON.parse(reply.text) as {
      readonly message: Message;
      readonly error?: string;
      readonly done_reason?: string;
    }),
  };
}

function checkCalls({ tool_calls: calls = [] }: Message): readonly string[] {
  for (const {
    function: { name, arguments: given },
  } of calls) {
    const schema = schemas[name];
    expect(schema).toBeDefined();
    expect(given).toSatisfy(judgeOf(schema));
  }
  return calls.map((call) => call.function.name);
}

describe.each(Object.keys(templates))('with the calls of the template "%s"', (model) => {
  test('left to itself the model calls nothing', async () => {
    const { message } = await send(model, { options: { temperature: 0, num_predict: 20 } });
    expect(message.tool_calls).toBeUndefined();
    expect(message.content).not.toBe('');
  });

  test.each([0, 1])('required: every answer is a valid call (seed %d)', async (seed) => {
    const { message, done_reason } = await send(model, {
      tool_choice: 'required',
      parallel_tool_calls: false,
      options: { temperature: 1.2, seed, num_predict: 150 },
    });
    expect(checkCalls(message)).toHaveLength(1);
    expect(message.content).toBe('');
    expect(done_reason).toBe('stop');
  });

  test.each(['get_weather', 'look_up'])('the named tool is called: %s', async (name) => {
    const { message } = await send(model, {
      tool_choice: { type: 'function', function: { name } },
      parallel_tool_calls: false,
    });
    expect(checkCalls(message)).toEqual([name]);
  });

  test('several calls of one answer are all valid', async () => {
    const { message } = await send(model, {
      tool_choice: 'required',
      options: { temperature: 1, seed: 5, num_predict: 70 },
    });
    expect(checkCalls(message).length).toBeGreaterThan(0);
  });

  test('none: the tools are neither shown nor called', async () => {
    const shown = await send(model, { tool_choice: 'none', _debug_render_only: true });
    expect(JSON.stringify(shown)).not.toContain('get_weather');
    const { message } = await send(model, { tool_choice: 'none', options: { num_predict: 20 } });
    expect(message.tool_calls).toBeUndefined();
  });
});

describe('auto', () => {
  /** Earlier answers teach the model to call, but not by the schema. */
  const taught = ['Rome', 'Oslo', 'Lima', 'Cairo', 'Paris'].flatMap((town) => [
    { role: 'user', content: `How is the weather in ${town}?` },
    { role: 'assistant', content: `<tool_call>{"name": "get_weather", "arguments": {"town": "${town}"}}</tool_call>` },
  ]);
  const messages = [...taught, { role: 'user', content: 'How is the weather in Bonn?' }];

  test('a text without a call flows freely', async () => {
    const options = { temperature: 0, num_predict: 30 };
    const { message } = await send('tagged', { tool_choice: 'auto', options });
    const free = await send('tagged', { options });
    expect(message).toEqual(free.message);
  });

  test('a call that the model begins keeps to the schema, which it would not by itself', async () => {
    const options = { temperature: 0, num_predict: 60 };
    const free = await send('tagged', { messages, options });
    expect(free.message.tool_calls?.[0]?.function.arguments).toEqual({ town: expect.any(String) as string });
    const { message } = await send('tagged', { messages, options, tool_choice: 'auto', parallel_tool_calls: false });
    expect(checkCalls(message)).toEqual(['get_weather']);
  });
});

describe('a schema that cannot be enforced, when the model is free to call', () => {
  const odd = { type: 'object', properties: { a: { not: {} } } };
  const messages = [{ role: 'user', content: 'Hi' }];
  const oddTools = [...tools, { type: 'function', function: { name: 'odd', parameters: odd } }];
  const flat = { name: 'odd', parameters: odd };
  const sent = { model: 'tagged', messages, max_tokens: 4 };

  test.each<[string, string, object, string]>([
    ['Ollama', '/api/chat', { tools: oddTools, tool_choice: 'auto', options: { num_predict: 4 } }, 'parameters'],
    ['OpenAI', '/v1/chat/completions', { tools: oddTools, tool_choice: 'auto' }, 'parameters'],
    [
      'OpenAI\u2019s responses',
      '/v1/responses',
      { input: 'Hi', max_output_tokens: 4, tools: [{ type: 'function', ...flat }], tool_choice: 'auto' },
      'parameters',
    ],
    [
      'Anthropic',
      '/v1/messages',
      { tools: [{ name: 'odd', input_schema: odd }], tool_choice: { type: 'auto' } },
      'input_schema',
    ],
  ])('is let be and told to clients of %s, whole and as a stream', async (_, path, more, field) => {
    for (const stream of [false, true]) {
      const body = JSON.stringify({ ...sent, ...more, stream });
      const reply = await fetch(server.url + path, { method: 'POST', body });
      expect([reply.status, reply.headers.get('corral-ignored')]).toEqual([200, `tools.odd.${field}`]);
      expect(await reply.text()).not.toBe('');
    }
  });

  test('is a fault for a strict tool', async () => {
    const strict = [{ type: 'function', function: { name: 'odd', parameters: odd, strict: true } }];
    const { status, text } = await post(server, '/v1/chat/completions', { ...sent, tools: strict });
    expect(status).toBe(400);
    expect(text).toContain('tools[0].function.parameters.properties.a.not');
  });
});

describe('a model that thinks', () => {
  test('thinks freely and then calls', async () => {
    const { message } = await send('thinking', { tool_choice: 'required', think: true, parallel_tool_calls: false });
    expect(checkCalls(message)).toHaveLength(1);
    expect(message.content).toBe('');
  });
});

describe('a choice that no answer can meet is the request\u2019s fault', () => {
  test.each([
    [
      'a tool that is not there',
      { tool_choice: { type: 'function', function: { name: 'nope' } } },
      'tool_choice names "nope"',
    ],
    ['no tools at all', { tool_choice: 'required', tools: [] }, 'tool_choice needs tools'],
    ['a choice that does not exist', { tool_choice: 'sometimes' }, 'invalid value for "tool_choice"'],
    [
      'a schema that cannot be enforced',
      {
        tool_choice: 'required',
        tools: [
          tools[0],
          { type: 'function', function: { name: 'x', parameters: { type: 'object', properties: { a: { not: {} } } } } },
        ],
      },
      'tools[1].function.parameters.properties.a.not',
    ],
    [
      'parameters that are no object',
      {
        tool_choice: 'required',
        tools: [{ type: 'function', function: { name: 'x', parameters: { type: 'array' } } }],
      },
      'tools[0].function.parameters.type',
    ],
  ])('%s', async (_, more, message) => {
    const { status, error } = await send('tagged', more);
    expect(status).toBe(400);
    expect(error).toContain(message);
  });
});
