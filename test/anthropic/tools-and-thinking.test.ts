/** Tools and thinking through Anthropic's SDK: the starter model under templates that know them. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answered, post } from '../support/api-client.ts';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';

const turns = (before: string): string =>
  `{{ range .Messages }}<|im_start|>{{ .Role }}\n${before}{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n`;
const templates = {
  caller:
    '{{ if .Tools }}{{ .Tools }}{{ end }}' +
    turns('{{ if .ToolCalls }}<tool_call>{{ range .ToolCalls }}{{ .Function.Name }}{{ end }}</tool_call>{{ end }}'),
  // Its answers begin inside their thinking, and this model never ends it.
  thinker: `${turns('{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}')}{{ if $.Think }}<think>{{ end }}`,
};

let server: CorralServer;
let client: Anthropic;
beforeAll(async () => {
  server = await startCorral({ OLLAMA_GO_TEMPLATE: '1' });
  client = new Anthropic({ baseURL: server.url, apiKey: 'unused', maxRetries: 0 });
  for (const [model, template] of Object.entries(templates)) {
    await answered(server, '/api/create', { model, from: chatModel, template, stream: false });
  }
  // gpt-oss's way of answering: behind the thinking may come a call or a text, each with an opening of its own.
  await answered(server, '/api/create', { model: 'channels', from: chatModel, parser: 'harmony', stream: false });
});
afterAll(() => server.stop());

// The SDK's newest types know no temperature any more; older clients send it.
const greedy = { temperature: 0 };
const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'How warm is it in Tartu?' }];
const tools: Anthropic.Tool[] = [
  {
    name: 'weather',
    description: 'Of a town',
    input_schema: { type: 'object', properties: { town: { type: 'string' } } },
  },
];

it('shows the model its tools, and their calls and results', async () => {
  const bare = await client.messages.countTokens({ model: 'caller', messages });
  const equipped = await client.messages.countTokens({ model: 'caller', messages, tools });
  expect(equipped.input_tokens).toBeGreaterThan(bare.input_tokens + 10);
  const message = await client.messages.create({
    model: 'caller',
    max_tokens: 8,
    tools,
    messages: [
      ...messages,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { town: 'Tartu' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '4 °C' }] },
    ],
  });
  expect(message.usage.output_tokens).toBeGreaterThan(0);
  expect(message.usage.input_tokens + (message.usage.cache_read_input_tokens ?? 0)).toBeGreaterThan(
    equipped.input_tokens,
  );
});

it('calls the tool that it is told to, as a stream and whole', async () => {
  const forced = {
    model: 'caller',
    max_tokens: 80,
    messages,
    tools,
    tool_choice: { type: 'tool', name: 'weather' },
  } as const;
  const call = { type: 'tool_use', name: 'weather', input: expect.any(Object), id: expect.stringMatching(/./) };
  const settings = { ...forced, messages, tools: [...tools], temperature: 0 };
  const whole = await client.messages.create(settings);
  const streamed = await client.messages.stream(settings).finalMessage();
  for (const message of [whole, streamed]) {
    expect(message.content.at(-1)).toMatchObject(call);
    expect(message.stop_reason).toBe('tool_use');
  }
});

it('streams thinking as a block with a signature, which can be sent back', async () => {
  const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
  const stream = client.messages.stream({ model: 'thinker', max_tokens: 12, messages, thinking, ...greedy });
  const answer = await stream.finalMessage();
  expect(answer.content).toEqual([
    { type: 'thinking', thinking: expect.stringMatching(/\w/), signature: expect.stringMatching(/./) },
  ]);
  expect(stream.response?.headers.get('corral-ignored')).toBeNull();
  const again = await client.messages.create({
    model: 'thinker',
    max_tokens: 4,
    thinking: { type: 'disabled' },
    messages: [...messages, { role: 'assistant', content: answer.content }, { role: 'user', content: 'So?' }],
  });
  expect(again.content.map(({ type }) => type)).toEqual(['text']);
});

it('keeps thinking from sight where that is asked for', async () => {
  const thinking = { type: 'adaptive', display: 'omitted' } as const;
  const { content } = await client.messages.create({
    model: 'thinker',
    max_tokens: 12,
    messages,
    thinking,
    ...greedy,
  });
  expect(content).toEqual([{ type: 'thinking', thinking: '', signature: expect.stringMatching(/\w{12}/) }]);
});

it.each([false, true])('ends thinking that has used up its budget, and answers (stream: %s)', async (streams) => {
  const thinking = { type: 'enabled', budget_tokens: 8 } as const;
  const settings = { model: 'thinker', max_tokens: 20, messages, thinking, ...greedy };
  const { content, usage, stop_reason } = streams
    ? await client.messages.stream(settings).finalMessage()
    : await client.messages.create(settings);
  expect(content).toMatchObject([
    { type: 'thinking', thinking: expect.stringMatching(/\w/) },
    { type: 'text', text: expect.stringMatching(/^\S/) },
  ]);
  expect(stop_reason).toBe('max_tokens');
  expect(usage.output_tokens).toBe(20);
  const counted = await client.messages.countTokens({ model: 'thinker', messages, thinking });
  expect(usage.input_tokens + (usage.cache_read_input_tokens ?? 0)).toBe(counted.input_tokens);
  const [thought] = content;
  const text = thought?.type === 'thinking' ? thought.thinking.trim() : '';
  const { status, text: tokens } = await post(server, '/api/tokenize', { model: chatModel, text });
  expect(status).toBe(200);
  expect((JSON.parse(tokens) as { readonly count: number }).count).toBeLessThanOrEqual(8);
});

it('says so where thinking can not be bounded', async () => {
  const thinking = { type: 'enabled', budget_tokens: 8 } as const;
  const { response } = await client.messages
    .create({ model: 'channels', max_tokens: 4, messages, thinking })
    .withResponse();
  expect(response.headers.get('corral-ignored')).toBe('thinking.budget_tokens');
});
