/** OpenAI's own client before a scripted runner: what can't be made to happen with a real one. */
import OpenAI, { APIError } from 'openai';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CorralError } from '../../core/corral-error.ts';
import { doneEvent, says, type Script } from '../../usecases/test-runner.ts';
import { temporaryStore, type TemporaryStore } from '../../usecases/test-store.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const caller =
  '{{ if .Tools }}{{ .Tools }}{{ end }}{{ range .Messages }}[{{ .Role }}:{{ .Content }}' +
  '{{ if .ToolCalls }}<tool_call>{{ range .ToolCalls }}{{ .Function.Name }}{{ end }}</tool_call>{{ end }}]{{ end }}';
const thinker =
  '{{ range .Messages }}[{{ .Role }}:{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}]{{ end }}';

let files: TemporaryStore;
beforeAll(async () => {
  files = await temporaryStore();
  await files.add('caller', { template: caller });
  await files.add('thinker', { template: thinker });
});
afterAll(() => files.remove());

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function client(script: Script): Promise<OpenAI> {
  server = await startTestServer({ script, environment: { OLLAMA_MODELS: files.modelsDir, OLLAMA_GO_TEMPLATE: '1' } });
  return new OpenAI({ baseURL: `http://127.0.0.1:${server.port}/v1`, apiKey: 'none', maxRetries: 0 });
}

const hello = { role: 'user', content: 'Hello' } as const;
const chat = { model: 'caller', messages: [hello] };

test('an error in the middle of a stream reaches the client as an error', async () => {
  const openai = await client(async function* () {
    yield { type: 'text', text: 'Well' };
    throw new CorralError('runner_crashed', 'the model runner has died');
  });
  const texts: unknown[] = [];
  const read = async () => {
    for await (const chunk of await openai.chat.completions.create({ ...chat, stream: true })) {
      texts.push(chunk.choices[0]?.delta.content);
    }
  };
  await expect(read()).rejects.toThrow('the model runner has died');
  await expect(read()).rejects.toBeInstanceOf(APIError);
  expect(texts).toEqual(['Well', 'Well']);
});

test('an error before the first token has a status of its own, streamed or not', async () => {
  const openai = await client(async function* () {
    await Promise.resolve();
    yield* [];
    throw new CorralError('busy', 'server busy');
  });
  for (const stream of [false, true]) {
    await expect(openai.chat.completions.create({ ...chat, stream })).rejects.toMatchObject({
      status: 503,
      type: 'api_error',
    });
  }
});

test("a bias and a seed of its own reach each of the engine's generations", async () => {
  const openai = await client(async function* (request) {
    await Promise.resolve();
    yield { type: 'text', text: String(request.sampling.seed) };
    yield doneEvent();
  });
  const reply = await openai.chat.completions.create({ ...chat, n: 3, seed: 5, logit_bias: { '7': -100 } });
  expect(reply.choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, '5'],
    [1, '6'],
    [2, '7'],
  ]);
  expect(server?.runner.requests.map(({ logitBias }) => logitBias)).toEqual([[[7, -100]], [[7, -100]], [[7, -100]]]);
});

test('calls of tools, whole and streamed', async () => {
  const call = (a: number) => `<tool_call>{"name": "add", "arguments": {"a": ${a}}}</tool_call>`;
  const openai = await client(says(['I add. ', call(1), call(2)]));
  const parameters = { type: 'object', properties: { a: { type: 'integer' } } };
  const tools = [{ type: 'function' as const, function: { name: 'add', parameters } }];
  const expected = {
    finish_reason: 'tool_calls',
    message: {
      tool_calls: [
        { type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
        { type: 'function', function: { name: 'add', arguments: '{"a":2}' } },
      ],
    },
  };
  const whole = await openai.chat.completions.create({ ...chat, tools });
  expect(whole.choices[0]).toMatchObject(expected);
  const stream = openai.chat.completions.stream({ ...chat, tools });
  expect((await stream.finalChatCompletion()).choices[0]).toMatchObject(expected);

  // The answer goes back as it came, with the results.
  const said = whole.choices[0]?.message;
  if (said === undefined) throw new Error('there was no answer');
  const [first] = said.tool_calls ?? [];
  const result = { role: 'tool' as const, tool_call_id: first?.id ?? '', content: '3' };
  await openai.chat.completions.create({ ...chat, messages: [hello, said, result] });
  expect(server?.runner.requests.at(-1)?.prompt).toContain('<tool_call>addadd</tool_call>][tool:3]');
});

test('thinking is told as reasoning, and effort reaches the model', async () => {
  const openai = await client(says(['<think>', 'Hm.', '</think>', 'Yes.']));
  const order = { ...chat, model: 'thinker', reasoning_effort: 'high' } as const;
  const { choices } = await openai.chat.completions.create(order);
  expect(choices[0]?.message).toMatchObject({ content: 'Yes.', reasoning: 'Hm.' });
  const texts = { content: '', reasoning: '' };
  for await (const chunk of await openai.chat.completions.create({ ...order, stream: true })) {
    const delta: { content?: string | null; reasoning?: string } = chunk.choices[0]?.delta ?? {};
    texts.content += delta.content ?? '';
    texts.reasoning += delta.reasoning ?? '';
  }
  expect(texts).toEqual({ content: 'Yes.', reasoning: 'Hm.' });
  await expect(openai.chat.completions.create({ ...order, model: 'caller' })).rejects.toThrow(
    'does not support thinking',
  );
});
