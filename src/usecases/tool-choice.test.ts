/** Tool choices from the request to the runner and back: which grammar goes out, and how calls come back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatRequestSchema } from '../api/ollama/chat-request.ts';
import { parseWire } from '../api/wire-schema.ts';
import type { AnswerEvent } from './answer-events.ts';
import { chat, type Conversation } from './chat.ts';
import { testParts } from './test-parts.ts';
import { doneEvent, says, scriptedRunner, type Script } from './test-runner.ts';
import { temporaryStore, type TemporaryStore } from './test-store.ts';

const messages = '{{ range .Messages }}[{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}';
const calls =
  '{{ if .ToolCalls }}<tool_call>{{ range .ToolCalls }}{{ .Function.Name }}{{ end }}</tool_call>{{ end }}]{{ end }}';

const gptOss =
  '{{ range .Tools }}{{ .Function.Name }}{{ end }}{{ .ThinkLevel }}{{ range .Messages }}<|start|>{{ .Role }}<|message|>{{ .Content }}<|end|>{{ end }}<|start|>assistant';
const harmonyHeader = '<|channel|>commentary to=functions.count <|constrain|>json<|message|>';
const analysis = '<|channel|>analysis<|message|>hm';
const behindAnalysis = `${analysis}<|end|><|start|>assistant`;

let files: TemporaryStore;
beforeAll(async () => {
  files = await temporaryStore();
  await files.add('caller', { template: `{{ if .Tools }}T{{ end }}{{ range .Messages }}[{{ .Content }}${calls}` });
  await files.add('thinker', { template: `{{ if .Tools }}T{{ end }}${messages}${calls}` });
  await files.add('coder', { template: `${messages}]{{ end }}` }, { parser: 'qwen3-vl-thinking' });
  await files.add('callless', { template: `{{ if .Tools }}T{{ end }}${messages}${calls}` }, { parser: 'passthrough' });
  await files.add('gpt-oss', { template: gptOss }, { model_family: 'gptoss' });
});
afterAll(() => files.remove());

const parameters = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
const tools = [{ type: 'function', function: { name: 'count', parameters } }];

async function ask(model: string, script: Script, choice: Partial<Conversation>, more: object = {}) {
  const runner = scriptedRunner(script);
  const request = parseWire(chatRequestSchema, { model, messages: [{ role: 'user', content: 'Q' }], tools, ...more });
  const events: AnswerEvent[] = [];
  const parts = testParts(files, runner, { OLLAMA_GO_TEMPLATE: '1' });
  for await (const event of chat({ ...request, ...choice }, parts, new AbortController().signal)) events.push(event);
  const pieces = events.filter((event) => event.type === 'piece');
  const text = (key: 'content' | 'thinking') => pieces.map((piece) => piece[key]).join('');
  return {
    requests: runner.requests,
    content: text('content'),
    thinking: text('thinking'),
    calls: pieces.flatMap((piece) => piece.toolCalls.map((call) => [call.name, call.arguments])),
    deltas: pieces.flatMap((piece) => piece.toolCallDeltas),
    begun: events.find((event) => event.type === 'begun'),
    last: events.at(-1),
  };
}

const call = '<tool_call>{"name": "count", "arguments": {"n": 1}}</tool_call>';

describe('what the runner is asked for', () => {
  test.each([
    ['no choice', {}, { grammar: '', start: undefined }],
    ['none', { toolChoice: 'none' }, { grammar: '', start: undefined }],
    ['auto', { toolChoice: 'auto' }, { grammar: 'root', start: true }],
    ['one call at most', { parallelToolCalls: false }, { grammar: 'root', start: false }],
    ['required', { toolChoice: 'required' }, { grammar: 'root', start: undefined }],
    ['a name', { toolChoice: { name: 'count' } }, { grammar: 'root', start: undefined }],
    ['auto with a format', { toolChoice: 'auto', format: 'json' }, { grammar: 'root', start: undefined }],
  ] as const)('with %s', async (_, choice, { grammar, start }) => {
    const { requests } = await ask('caller', says([call]), choice);
    expect(requests[0]?.grammar.slice(0, 4)).toBe(grammar);
    expect(requests[0]?.grammarStart?.repeats).toBe(start);
  });

  const loose = {
    type: 'function',
    function: { name: 'loose', parameters: { type: 'object', properties: { a: { not: {} } } } },
  };
  // A grammar has its limit, which many large tools pass together.
  const many = Array.from({ length: 400 }, (_, at) => ({
    type: 'function',
    function: {
      name: `tool${at}`,
      parameters: {
        type: 'object',
        properties: { a: { enum: Array.from({ length: 100 }, (_value, n) => `a${n}`.repeat(9)) } },
      },
    },
  }));
  test.each([
    ['a schema that cannot be enforced', { toolChoice: 'auto', tools: [...tools, loose] }, 'root', ['loose']],
    ['the same, and one call at most', { parallelToolCalls: false, tools: [...tools, loose] }, 'root', ['loose']],
    ['schemas that can', { toolChoice: 'auto' }, 'root', []],
    [
      'schemas that are too large together',
      { toolChoice: 'auto', tools: many },
      '',
      many.map((tool) => tool.function.name),
    ],
    ['no choice', { tools: [...tools, loose] }, '', []],
  ] as const)('when the model is free to call, with %s', async (_, choice, grammar, unheld) => {
    const { requests, begun } = await ask('caller', says([call]), { ...choice, tellsBegin: true });
    expect(requests[0]?.grammar.slice(0, 4)).toBe(grammar);
    expect(begun?.unheldTools).toEqual(unheld);
  });

  test('a strict tool is refused where its schema cannot be enforced', async () => {
    const choice = { toolChoice: 'auto', tools: [...tools, loose], strictTools: ['loose'] } as const;
    await expect(ask('caller', says([call]), choice)).rejects.toMatchObject({
      code: 'bad_request',
      param: 'tools[1].function.parameters.properties.a.not',
    });
  });

  test('a model whose parser knows no calls is left alone with auto, and refuses to be forced by the name of the parser', async () => {
    const { requests } = await ask('callless', says(['ok']), { toolChoice: 'auto' });
    expect(requests[0]?.grammar).toBe('');
    await expect(ask('callless', says(['ok']), { toolChoice: 'required' })).rejects.toMatchObject({
      code: 'bad_request',
      param: 'tool_choice',
      message: expect.stringContaining('the parser "passthrough"') as string,
    });
  });
});

describe('a model that thinks and must call', () => {
  const thinksThen = (free: readonly string[], more = {}): Script =>
    async function* ({ grammar }) {
      for (const text of grammar === '' ? free : [call]) yield { type: 'text', text };
      yield doneEvent(more);
    };

  test.each([
    ['says something', 'thinker', ['<think>', 'hm', '</think>', 'Well'], '<think>hm</think>'],
    ['says nothing', 'thinker', ['<think>', 'hm', '</think>'], '<think>hm</think>'],
    ['calls as it likes', 'thinker', ['<think>', 'hm', '</think>', '<tool_call>{"name"'], '<think>hm</think>'],
    [
      'calls as it likes (family)',
      'coder',
      ['hm', '</think>', '\n<tool_call>{"name": "count"}</tool_call>'],
      'hm</think>\n',
    ],
    ['calls within its thinking (family)', 'coder', ['hm', '<tool_call>{"name": "count"}</tool_call>'], 'hm'],
  ])('and %s', async (_, model, free, kept) => {
    const answer = await ask(model, thinksThen(free), { toolChoice: 'required' }, { think: true });
    expect(answer.requests).toHaveLength(2);
    const [first, second] = answer.requests;
    expect(second?.prompt).toBe(`${first?.prompt}${kept}`);
    expect(answer).toMatchObject({ thinking: 'hm', content: '', calls: [['count', { n: 1 }]] });
  });

  test.each([
    ['thinks and says something', [`${behindAnalysis}<|channel|>final<|message|>`, 'Well'], behindAnalysis],
    ['thinks and says nothing', [`${analysis}<|end|>`], behindAnalysis],
    ['ends within its thinking', [analysis], behindAnalysis],
    ['says something at once', ['<|channel|>final<|message|>', 'Well'], ''],
    ['calls as it likes', [`${behindAnalysis}${harmonyHeader}{}`], behindAnalysis],
    ['calls as it likes and goes on', [`${behindAnalysis}${harmonyHeader}{}<|end|>`], behindAnalysis],
  ])('and is gpt-oss, and %s', async (_, free, kept) => {
    const script: Script = async function* ({ grammar }) {
      for (const text of grammar === '' ? free : [harmonyHeader, '{"n": ', '1}']) yield { type: 'text', text };
      yield doneEvent({});
    };
    const answer = await ask('gpt-oss', script, { toolChoice: 'required', streamsToolCalls: true }, { think: 'low' });
    const [first, second] = answer.requests;
    expect(second?.prompt).toBe(`${first?.prompt}${kept}`);
    expect(answer).toMatchObject({ thinking: kept === '' ? '' : 'hm', content: '' });
    expect(answer.deltas.map(({ name, argumentsText }) => [name, argumentsText])).toEqual([
      ['count', '{"n": '],
      ['count', '1}'],
    ]);
  });

  test('and is gpt-oss, and may answer in text by a format', async () => {
    const script: Script = async function* ({ grammar }) {
      const free = [`${behindAnalysis}<|channel|>final<|message|>`, 'Well'];
      for (const text of grammar === '' ? free : ['<|channel|>final<|message|>', '{"a":1}'])
        yield { type: 'text', text };
      yield doneEvent({});
    };
    const answer = await ask('gpt-oss', script, { toolChoice: 'auto', format: 'json' }, { think: true });
    expect(answer.requests[1]?.prompt.endsWith(behindAnalysis)).toBe(true);
    expect(answer).toMatchObject({ thinking: 'hm', content: '{"a":1}', calls: [] });
  });

  test('ends where the tokens ended while it was thinking', async () => {
    const script = thinksThen(['<think>', 'hm'], { reason: 'length' });
    const answer = await ask('thinker', script, { toolChoice: 'required' }, { think: true });
    expect(answer.requests).toHaveLength(1);
    expect(answer.last).toMatchObject({ reason: 'length' });
  });
});

describe('calls passed on as they are written', () => {
  const split = Array.from(call);
  const streams = { streamsToolCalls: true };

  test('come in pieces with a choice, under one id, and no whole calls beside them', async () => {
    const {
      deltas,
      calls: whole,
      content,
      last,
    } = await ask('caller', says(split), { toolChoice: 'required', ...streams });
    expect(whole).toEqual([]);
    expect(content).toBe('');
    expect(deltas.length).toBeGreaterThan(3);
    expect(deltas.map((delta) => delta.argumentsText).join('')).toBe('{"n": 1}');
    expect(deltas.map((delta) => delta.isFirst)).toEqual([true, ...deltas.slice(1).map(() => false)]);
    expect(new Set(deltas.map(({ id, index, name }) => `${index} ${name} ${id}`)).size).toBe(1);
    expect(last).toMatchObject({ type: 'done', reason: 'stop' });
  });

  test('come whole without a choice, since a call may prove to be none', async () => {
    const { deltas } = await ask('caller', says(split), streams);
    expect(deltas).toMatchObject([{ index: 0, isFirst: true, argumentsText: '{"n":1}' }]);
    const { deltas: none, content } = await ask('caller', says(['<tool_call>{"name": "count", "arg']), streams);
    expect(none).toEqual([]);
    expect(content).toContain('<tool_call>');
  });

  test('that the answer\u2019s end cuts off stay cut off', async () => {
    const script = says(split.slice(0, call.indexOf('}')), { reason: 'length' });
    const { deltas, content, last } = await ask('caller', script, { toolChoice: 'required', ...streams });
    expect(deltas.map((delta) => delta.argumentsText).join('')).toBe('{"n": 1');
    expect(content).toBe('');
    expect(last).toMatchObject({ reason: 'length' });
  });
});
