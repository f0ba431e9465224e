/** Models whose config names a renderer or parser, from the store to the answer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../api/ollama/chat-request.ts';
import { parseWire } from '../api/wire-schema.ts';
import { chat } from './chat.ts';
import { showModel } from './show-model.ts';
import { testParts } from './test-parts.ts';
import { says, scriptedRunner } from './test-runner.ts';
import { temporaryStore, type TemporaryStore } from './test-store.ts';

const gptOss =
  '{{ range .Tools }}[{{ .Function.Name }}]{{ end }}{{ .ThinkLevel }}{{ range .Messages }}<|start|>{{ .Role }}<|message|>{{ .Content }}<|end|>{{ end }}<|start|>assistant';

let files: TemporaryStore;
beforeAll(async () => {
  files = await temporaryStore();
  await files.add('coder', {}, { renderer: 'qwen3-coder', parser: 'qwen3-coder' });
  await files.add('vision', {}, { renderer: 'qwen3-vl-thinking', parser: 'qwen3-vl-thinking' });
  await files.add('gemma4-e2b', {}, { renderer: 'gemma4', parser: 'gemma4' });
  await files.add('gemma4-31b', {}, { renderer: 'gemma4', parser: 'gemma4' });
  await files.add('future', {}, { renderer: 'qwen9', parser: 'qwen9' });
  await files.add('half', { template: '{{ range .Messages }}[{{ .Content }}]{{ end }}' }, { parser: 'qwen3-thinking' });
  await files.add('gpt-oss', { template: gptOss }, { model_family: 'gptoss' });
});
afterAll(() => files.remove());

const signal = new AbortController().signal;

async function ask(body: object, texts: readonly string[] = ['ok']) {
  const runner = scriptedRunner(says(texts));
  const parts = testParts(files, runner);
  let content = '';
  let thinking = '';
  let prompt = '';
  const calls: object[] = [];
  for await (const event of chat(parseWire(chatRequestSchema, body), parts, signal)) {
    if (event.type === 'rendered') ({ prompt } = event);
    if (event.type !== 'piece') continue;
    content += event.content;
    thinking += event.thinking;
    calls.push(...event.toolCalls.map(({ name, arguments: given }) => ({ name, arguments: given })));
  }
  return {
    content,
    thinking,
    calls,
    prompt: runner.requests[0]?.prompt ?? prompt,
    request: runner.requests[0],
    requests: runner.requests,
  };
}

async function capabilitiesOf(model: string): Promise<readonly string[]> {
  const parts = testParts(files, scriptedRunner(says([])));
  const shown = await showModel({ model, name: '', system: '', options: {}, verbose: false }, parts);
  return shown.capabilities;
}

const messages = [{ role: 'user', content: 'Weather?' }];
const tools = [{ type: 'function', function: { name: 'my.tool', parameters: { type: 'object', properties: {} } } }];

describe('models of a family', () => {
  it('have the parser’s capabilities', async () => {
    expect(await capabilitiesOf('coder')).toEqual(['completion', 'tools']);
    expect(await capabilitiesOf('vision')).toEqual(['completion', 'tools', 'thinking']);
    expect(await capabilitiesOf('half')).toEqual(['completion', 'tools', 'thinking']);
  });

  it('are asked and understood in their own way', async () => {
    const answer = await ask({ model: 'coder', messages, tools }, [
      'Sure.\n<tool',
      '_call>\n<function=my.tool>\n</function>\n</tool_call>',
    ]);
    expect(answer.prompt).toContain('<function>\n<name>my.tool</name>');
    expect(answer).toMatchObject({ content: 'Sure.', calls: [{ name: 'my.tool', arguments: {} }] });
    expect(answer.request?.visibleSpecialTokens).toEqual(['<tool_call>', '</tool_call>']);
  });

  it('think unless told otherwise, where they can', async () => {
    const answer = await ask({ model: 'vision', messages }, ['Hm.', '\n</think>\n\n', 'Sunny.']);
    expect(answer).toMatchObject({ thinking: 'Hm.', content: 'Sunny.' });
    expect(answer.prompt.endsWith('<|im_start|>assistant\n<think>\n')).toBe(true);
  });

  it('mark images themselves, and only once', async () => {
    const image = { role: 'user', content: 'What?', images: ['eA=='] };
    const { prompt } = await ask({ model: 'vision', messages: [image], _debug_render_only: true });
    expect(prompt).toContain('user\n[img-0] What?<|im_end|>');
  });

  it('called gemma4 get the prompt of their size', async () => {
    const emptyThought = '<|channel>thought\n<channel|>';
    expect((await ask({ model: 'gemma4-e2b', messages, think: false })).prompt).not.toContain(emptyThought);
    expect((await ask({ model: 'gemma4-31b', messages, think: false })).prompt).toContain(emptyThought);
  });

  it('with a parser alone keep their template', async () => {
    const answer = await ask({ model: 'half', messages }, ['Hm.</think>Sunny.']);
    expect(answer).toMatchObject({ prompt: '[Weather?]', thinking: 'Hm.', content: 'Sunny.' });
  });

  it('of a renderer that is not known say so, and can still be shown', async () => {
    await expect(ask({ model: 'future', messages })).rejects.toMatchObject({
      message: 'unknown renderer "qwen9"',
      status: 500,
    });
    expect(await capabilitiesOf('future')).toEqual(['completion']);
  });

  it('gpt-oss speaks harmony: tools by identifiers, three levels of thinking', async () => {
    const answer = await ask({ model: 'gpt-oss', messages, tools, think: 'max' }, [
      '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant',
      '<|channel|>commentary to=functions.my_tool <|constrain|>json<|message|>{"a":1}',
    ]);
    expect(answer.prompt.startsWith('[my_tool]high<|start|>user')).toBe(true);
    expect(answer).toMatchObject({ thinking: 'Hm.', content: '', calls: [{ name: 'my.tool', arguments: { a: 1 } }] });
  });

  it('gpt-oss with a format thinks first, then answers by the grammar', async () => {
    const thought = '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>';
    const answer = await ask({ model: 'gpt-oss', messages, format: 'json' }, [thought, '{"a":']);
    expect(answer.thinking).toBe('Hm.');
    expect(answer.requests.slice(0, 2).map(({ grammar }) => grammar !== '')).toEqual([false, true]);
    expect(answer.requests[1]?.prompt.endsWith(thought)).toBe(true);
    // The scripted runner says the same again, and past the thinking all of it is content.
    expect(answer.content).toContain('{"a":');
  });
});
