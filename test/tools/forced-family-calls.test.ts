/**
 * Forced calls in the manner of each family, through a real server. The weights are not of the families: the grammar makes the calls valid all
 * the same, and the family's parser reads them.
 */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, post } from '../support/api-client.ts';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { judgeOf } from '../support/json-schema-judge.ts';

const parameters = {
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 1, maxLength: 12 },
    unit: { enum: ['celsius', 'fahrenheit'] },
    when: { type: 'string', pattern: '^\\d{2}:\\d{2}$' },
    days: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 7 }, minItems: 1, maxItems: 3 },
    exact: { type: 'boolean' },
  },
  required: ['city', 'unit', 'when', 'days', 'exact'],
};
const tools = [
  { type: 'function' as const, function: { name: 'get_weather', description: 'Weather of a city', parameters } },
  { type: 'function' as const, function: { name: 'stop', parameters: { type: 'object', properties: {} } } },
];
const named = { type: 'function' as const, function: { name: 'get_weather' } };
const isValid = judgeOf(parameters);

const gptOss =
  '{{ range .Tools }}{{ .Function.Name }} {{ end }}{{ range .Messages }}<|start|>{{ .Role }}<|message|>{{ .Content }}<|end|>{{ end }}<|start|>assistant';
const families: Readonly<Record<string, object>> = {
  harmony: { template: gptOss, parser: 'harmony' },
  gemma4: { renderer: 'gemma4-small', parser: 'gemma4' },
  functiongemma: { renderer: 'functiongemma', parser: 'functiongemma' },
  olmo3: { renderer: 'olmo3', parser: 'olmo3' },
  lfm2: { renderer: 'lfm2', parser: 'lfm2' },
  'lfm2-thinking': { renderer: 'lfm2-thinking', parser: 'lfm2-thinking' },
  'qwen3-coder': { renderer: 'qwen3-coder', parser: 'qwen3-coder' },
  'glm-4.7': { renderer: 'glm-4.7', parser: 'glm-4.7' },
};

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
  for (const [model, parts] of Object.entries(families)) {
    await answered(server, '/api/create', { model, from: chatModel, stream: false, ...parts });
  }
}, 60_000);
afterAll(() => server.stop());

interface Answer {
  readonly message: {
    readonly content: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: object } }[];
  };
  readonly done_reason: string;
}

const messages = [{ role: 'user' as const, content: 'How is the weather in Paris?' }];

async function ask(model: string, more: object): Promise<Answer> {
  const reply = await post(server, '/api/chat', {
    model,
    stream: false,
    messages,
    tools,
    parallel_tool_calls: false,
    options: { temperature: 1, seed: 3, num_predict: 250 },
    ...more,
  });
  expect(reply).toMatchObject({ status: 200 });
  return JSON.parse(reply.text) as Answer;
}

describe.each(Object.keys(families))('%s', (model) => {
  test('the named tool is called with arguments that satisfy its schema', async () => {
    const { message, done_reason } = await ask(model, { tool_choice: named, think: false });
    expect(message.content).toBe('');
    expect(message.tool_calls?.map((call) => call.function.name)).toEqual(['get_weather']);
    expect(message.tool_calls?.[0]?.function.arguments).toSatisfy(isValid);
    expect(done_reason).toBe('stop');
  });

  test('some tool is called where one must be', async () => {
    const { message } = await ask(model, { tool_choice: 'required', think: false });
    expect(message.tool_calls).toHaveLength(1);
    expect(message.content).toBe('');
  });
});

test('a model that thinks does so first, as it likes', async () => {
  const template = gptOss.replace(
    '<|message|>{{ .Content }}<|end|>{{ end }}',
    '{{ if eq .Role "assistant" }}<|channel|>analysis{{ end }}<|message|>{{ .Content }}<|end|>{{ end }}',
  );
  await answered(server, '/api/create', {
    model: 'thinker',
    from: chatModel,
    stream: false,
    template,
    parser: 'harmony',
  });
  // From its earlier turns the model learns how to think.
  const taught = Array.from({ length: 6 }, () => [...messages, { role: 'assistant', content: 'Let me see' }]).flat();
  const { message } = await ask('thinker', {
    messages: [...taught, ...messages],
    tool_choice: named,
    think: 'low',
    options: { temperature: 0, num_predict: 300 },
  });
  expect(message.thinking).toBe('Let me see');
  expect(message.tool_calls?.[0]?.function.arguments).toSatisfy(isValid);
});

test('Anthropic\u2019s "any" and "tool" work with them too', async () => {
  const declared = [{ name: 'get_weather', input_schema: parameters }];
  for (const choice of [{ type: 'any' }, { type: 'tool', name: 'get_weather' }]) {
    const reply = await post(server, '/v1/messages', {
      model: 'olmo3',
      max_tokens: 250,
      messages,
      tools: declared,
      tool_choice: { ...choice, disable_parallel_tool_use: true },
    });
    const { content } = JSON.parse(reply.text) as { readonly content: readonly object[] };
    expect(content).toMatchObject([
      { type: 'tool_use', name: 'get_weather', input: expect.toSatisfy(isValid) as object },
    ]);
  }
});

test.each(['qwen3-coder', 'glm-4.7'])('the arguments of %s stream as they are written', async (model) => {
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none' });
  const stream = await client.chat.completions.create({
    model,
    messages,
    tools,
    tool_choice: named,
    parallel_tool_calls: false,
    reasoning_effort: 'none',
    seed: 3,
    max_tokens: 250,
    stream: true,
  });
  const written: string[] = [];
  for await (const chunk of stream) {
    for (const delta of chunk.choices[0]?.delta.tool_calls ?? []) written.push(delta.function?.arguments ?? '');
  }
  expect(JSON.parse(written.join(''))).toSatisfy(isValid);
  expect(written.length).toBeGreaterThan(5);
});
