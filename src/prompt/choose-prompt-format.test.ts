import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { choosePromptFormat } from './choose-prompt-format.ts';
import type { PromptTemplates } from './choose-prompt-format.ts';

const fixtures = new URL('../../test/fixtures/jinja/', import.meta.url);
const smollm2 = readFileSync(new URL('smollm2.jinja', fixtures), 'utf8');
const chatml =
  '{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n';
const goWithTools = `{{ if .Tools }}{{ .Tools }}{{ end }}${chatml}`;
const goRoundTrip = `{{ if .Tools }}{{ .Tools }}{{ end }}{{ range .Messages }}{{ if eq .Role "tool" }}{{ .Content }}{{ end }}{{ range .ToolCalls }}{{ .Function.Name }}{{ end }}{{ end }}`;
const jinjaWithTools = '{{ tools }}{{ messages }}';
const jinjaRoundTrip =
  "{{ tools }}{% for m in messages %}{% if m.role == 'tool' %}{% endif %}{{ m.tool_calls }}{% endfor %}";
const jinjaThinking = `${jinjaRoundTrip}<think></think>`;

function kind(templates: Partial<PromptTemplates>): string {
  return choosePromptFormat(complete(templates)).kind;
}

function complete(templates: Partial<PromptTemplates>): PromptTemplates {
  return {
    goTemplate: undefined,
    jinja: undefined,
    bosToken: '',
    eosToken: '',
    preferGoTemplate: undefined,
    ...templates,
  };
}

describe('the choice of a prompt format', () => {
  const cases: readonly [string, Partial<PromptTemplates>, string][] = [
    ['no template at all', {}, 'plain'],
    ['only a Go template', { goTemplate: chatml }, 'go-template'],
    ['only a Go template, though switched off', { goTemplate: chatml, preferGoTemplate: false }, 'go-template'],
    ['only jinja', { jinja: smollm2 }, 'jinja'],
    ['only jinja, though Go templates are wanted', { jinja: smollm2, preferGoTemplate: true }, 'jinja'],
    ['both know the same, nothing', { goTemplate: chatml, jinja: smollm2 }, 'go-template'],
    ['Go templates switched off', { goTemplate: chatml, jinja: smollm2, preferGoTemplate: false }, 'jinja'],
    ['jinja knows tools and Go does not', { goTemplate: chatml, jinja: jinjaRoundTrip }, 'jinja'],
    [
      'the same, but Go templates are wanted',
      { goTemplate: chatml, jinja: jinjaRoundTrip, preferGoTemplate: true },
      'go-template',
    ],
    ['Go knows tools and jinja does not', { goTemplate: goWithTools, jinja: smollm2 }, 'go-template'],
    ['both know tools, only jinja their round trip', { goTemplate: goWithTools, jinja: jinjaRoundTrip }, 'jinja'],
    ['both know tools and the round trip', { goTemplate: goRoundTrip, jinja: jinjaRoundTrip }, 'go-template'],
    ['jinja knows thinking too', { goTemplate: goRoundTrip, jinja: jinjaThinking }, 'jinja'],
    [
      'jinja knows thinking too but would lose the round trip',
      { goTemplate: goRoundTrip, jinja: `${jinjaWithTools}<think></think>` },
      'go-template',
    ],
    ['a renderer', { goTemplate: chatml, jinja: smollm2, renderer: 'qwen3-coder' }, 'family'],
    ['a parser alone', { goTemplate: chatml, parser: 'qwen3' }, 'family'],
    ['a parser that is not known', { goTemplate: chatml, parser: 'x' }, 'go-template'],
    ['gpt-oss by its family and marks', { goTemplate: '<|start|><|end|>', family: 'gptoss' }, 'family'],
    ['the marks without the family', { goTemplate: '<|start|><|end|>{{ .Messages }}', family: 'x' }, 'go-template'],
    ['gpt-oss by the marks in its jinja', { jinja: '<|start|><|channel|><|message|><|end|>' }, 'family'],
    ['jinja knows more but is broken', { goTemplate: chatml, jinja: `${jinjaThinking}{% if %}` }, 'go-template'],
  ];
  for (const [name, templates, expected] of cases) {
    it(`${name}: ${expected}`, () => {
      expect(kind(templates)).toBe(expected);
    });
  }

  it("the starter model's Go template wins, and no default system prompt slips in", () => {
    const format = choosePromptFormat(
      complete({ goTemplate: chatml, jinja: smollm2, bosToken: '<|im_start|>', addsBos: false }),
    );
    const prompt = format.render({ messages: [{ role: 'user', content: 'hello' }], tools: [], think: undefined });
    expect(prompt).toBe('<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n');
  });

  it("a renderer leaves out the BOS that the tokenizer adds, and its template's capabilities stay", () => {
    const given = { goTemplate: goWithTools, renderer: 'gemma4-small' };
    const input = { messages: [{ role: 'user', content: 'hi' }], tools: [], think: undefined };
    const format = choosePromptFormat(complete(given));
    expect(format.render(input)).toBe('<|turn>user\nhi<turn|>\n<|turn>model\n');
    expect(format.capabilities).toEqual(['tools']);
    expect(choosePromptFormat(complete({ ...given, addsBos: false })).render(input)).toMatch(/^<bos>/);
    expect(choosePromptFormat(complete({ ...given, preferGoTemplate: false })).capabilities).toEqual([]);
  });

  it('without any template a conversation becomes ChatML', () => {
    const format = choosePromptFormat(complete({}));
    const messages = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ];
    expect(format.render({ messages, tools: [], think: undefined })).toBe(
      '<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nu<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(format.answerParser({ messages, tools: [], think: undefined }, '').push('a')).toEqual([{ content: 'a' }]);
  });
});
