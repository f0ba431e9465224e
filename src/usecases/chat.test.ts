import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../api/ollama/chat-request.ts';
import { generateRequestSchema } from '../api/ollama/generate-request.ts';
import { parseWire } from '../api/wire-schema.ts';
import type { AnswerEvent } from './answer-events.ts';
import { chat } from './chat.ts';
import { generate } from './generate.ts';
import { testParts } from './test-parts.ts';
import { says, scriptedRunner } from './test-runner.ts';
import { showModel } from './show-model.ts';
import { temporaryStore, type TemporaryStore } from './test-store.ts';

const plain = '{{ range .Messages }}[{{ .Role }}:{{ .Content }}]{{ end }}';
const thinker =
  '{{ range .Messages }}[{{ .Role }}:{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}]{{ end }}' +
  '{{ if and $.IsThinkSet (not $.Think) }}/no{{ end }}';
const caller =
  '{{ if .Tools }}{{ .Tools }}{{ end }}{{ range .Messages }}[{{ .Role }}:{{ .Content }}' +
  '{{ if .ToolCalls }}<tool_call>{{ range .ToolCalls }}{{ .Function.Name }}{{ end }}</tool_call>{{ end }}]{{ end }}';
const insert = '{{ if .Suffix }}<pre>{{ .Prompt }}<suf>{{ .Suffix }}<mid>{{ else }}{{ .Prompt }}{{ end }}';

let files: TemporaryStore;
beforeAll(async () => {
  files = await temporaryStore();
  await files.add('jinja', {});
  await files.add('broken', { template: '{{ .Prompt' });
  await files.add('thinker', { template: thinker });
  await files.add('caller', { template: caller });
  await files.add('insert', { template: insert });
  await files.add('persona', {
    template: plain,
    system: 'Be kind.',
    params: { stop: ['A'], temperature: 0.1, num_ctx: 64 },
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'ho' },
    ],
  });
});
afterAll(() => files.remove());

function begin(texts: readonly string[]) {
  const runner = scriptedRunner(says(texts));
  const parts = testParts(files, runner, { OLLAMA_GO_TEMPLATE: '1' });
  return { runner, parts };
}

async function collect(events: AsyncIterable<AnswerEvent>): Promise<AnswerEvent[]> {
  const all: AnswerEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const signal = new AbortController().signal;
const user = (content: string) => ({ role: 'user', content });

async function chatWith(body: object, texts: readonly string[] = ['ok']) {
  const { runner, parts } = begin(texts);
  const events = await collect(chat(parseWire(chatRequestSchema, body), parts, signal));
  const of = (key: 'content' | 'thinking') =>
    events.map((event) => (event.type === 'piece' ? event[key] : '')).join('');
  const calls = events.flatMap((event) => (event.type === 'piece' ? event.toolCalls : []));
  return { request: runner.requests[0], content: of('content'), thinking: of('thinking'), calls, last: events.at(-1) };
}

async function promptOf(body: object): Promise<string | undefined> {
  const { runner, parts } = begin(['ok']);
  await collect(generate(parseWire(generateRequestSchema, body), parts, signal));
  return runner.requests[0]?.prompt;
}

describe('the prompt of a chat', () => {
  it('begins with the model’s own system text and messages', async () => {
    const { request } = await chatWith({ model: 'persona', messages: [user('Q')] });
    expect(request?.prompt).toBe('[system:Be kind.][user:hi][assistant:ho][user:Q]');
  });

  it('leaves the model’s system text out where the client brings one', async () => {
    const { request } = await chatWith({ model: 'persona', messages: [{ role: 'system', content: 'S' }, user('Q')] });
    expect(request?.prompt).toBe('[user:hi][assistant:ho][system:S][user:Q]');
  });

  it('comes from the weights’ own template where the store has none', async () => {
    const { request } = await chatWith({ model: 'jinja', messages: [{ role: 'system', content: 'S' }, user('Q')] });
    expect(request?.prompt).toBe(
      '<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n',
    );
  });
});

describe('the prompt of a generation', () => {
  it.each([
    ['has the model’s system text and messages', {}, '[system:Be kind.][user:hi][assistant:ho][user:Q]'],
    ['has the request’s system text instead', { system: 'S' }, '[system:S][user:hi][assistant:ho][user:Q]'],
    ['has no messages of the model behind a context', { context: [65] }, '[system:Be kind.][user:Q]'],
    ['is made by the request’s template', { template: '{{ .System }}>{{ .Prompt }}' }, 'Be kind.>hiho>Q'],
    ['is the client’s own when raw', { raw: true }, 'Q'],
  ])('%s', async (_, fields, expected) => {
    expect(await promptOf({ model: 'persona', prompt: 'Q', ...fields })).toBe(expected);
  });

  it('goes round a gap where the template can do that', async () => {
    expect(await promptOf({ model: 'insert', prompt: 'a', suffix: 'b' })).toBe('<pre>a<suf>b<mid>');
  });
});

it('lets the request’s options win over the model’s, key by key', async () => {
  const { request } = await chatWith({
    model: 'persona',
    messages: [user('Q')],
    options: { temperature: 0, stop: ['B'] },
  });
  expect(request).toMatchObject({ stop: ['B'], sampling: { temperature: 0 } });
  const own = await chatWith({ model: 'persona', messages: [user('Q')] });
  expect(own.request).toMatchObject({ stop: ['A'], sampling: { temperature: 0.1 } });
});

describe('a model that thinks', () => {
  const texts = ['<think>', 'hm', '</think>', 'yes'];

  it('does so unless told otherwise', async () => {
    expect(await chatWith({ model: 'thinker', messages: [user('Q')] }, texts)).toMatchObject({
      content: 'yes',
      thinking: 'hm',
      request: { prompt: '[user:Q]' },
    });
  });

  it('does not when told so', async () => {
    const { request, content } = await chatWith({ model: 'thinker', messages: [user('Q')], think: false }, ['yes']);
    expect([request?.prompt, content]).toEqual(['[user:Q]/no', 'yes']);
  });
});

it('finds the calls of tools that the request brought', async () => {
  const parameters = { type: 'object', properties: { b: { type: 'string' }, a: { type: 'string' } } };
  const tools = [{ type: 'function', function: { name: 'look', parameters } }];
  const texts = ['<tool_call>{"name":"look",', '"arguments":{"b":1,"a":2}}', '</tool_call>'];
  const { calls, last, request } = await chatWith({ model: 'caller', messages: [user('Q')], tools }, texts);
  expect(calls).toEqual([{ id: expect.stringMatching(/^call_[a-z0-9]{8}$/), name: 'look', arguments: { b: 1, a: 2 } }]);
  expect(JSON.stringify(calls[0]?.arguments)).toBe('{"b":1,"a":2}');
  expect(last).toMatchObject({ type: 'done', reason: 'stop' });
  expect(request?.prompt).toContain('"name":"look"');
});

describe('a model whose template is broken', () => {
  it('can’t chat, and says why', async () => {
    await expect(chatWith({ model: 'broken', messages: [user('Q')] })).rejects.toMatchObject({
      code: 'template_failed',
    });
  });

  it('can be shown, loaded and prompted raw', async () => {
    const shown = await showModel(
      { model: 'broken', name: '', system: '', verbose: false, options: {} },
      begin([]).parts,
    );
    expect(shown.template).toBe('{{ .Prompt');
    expect((await chatWith({ model: 'broken' })).last).toEqual({ type: 'loaded' });
    expect(await promptOf({ model: 'broken', prompt: 'Q', raw: true })).toBe('Q');
  });
});

it('shows the weights’ own template and can list what it can do', async () => {
  const shown = await showModel({ model: '', name: 'jinja', system: '', verbose: false, options: {} }, begin([]).parts);
  expect(shown.template).toContain('<|im_start|>');
  expect(shown.capabilities).toEqual(['completion']);
  const thinkerShown = await showModel(
    { model: 'caller', name: '', system: '', verbose: false, options: {} },
    begin([]).parts,
  );
  expect(thinkerShown.capabilities).toEqual(['completion', 'tools']);
});

it('unloads without asking for a runner', async () => {
  const { parts } = begin([]);
  const events = await collect(chat(parseWire(chatRequestSchema, { model: 'jinja', keep_alive: 0 }), parts, signal));
  expect(events).toEqual([{ type: 'unloaded' }]);
  expect(parts.pool).toMatchObject({ acquired: [], unloaded: ['jinja'] });
});
