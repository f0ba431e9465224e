import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { CorralError } from '../core/corral-error.ts';
import type { ChatMessage, ThinkValue, Tool } from './chat-message.ts';
import { checkGoTemplate, createGoTemplateFormat } from './go-template-format.ts';
import { renderGenerateTemplate } from './go-template-generate.ts';
import type { PromptFormat } from './prompt-format.ts';
import { effectiveThink } from './think-value.ts';

interface WireCall {
  readonly id?: string;
  readonly function: { readonly name: string; readonly index?: number; readonly arguments: Record<string, unknown> };
}

interface WireMessage {
  readonly role: string;
  readonly content: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly WireCall[];
  readonly tool_name?: string;
  readonly tool_call_id?: string;
}

interface WireRequest {
  readonly messages?: readonly WireMessage[];
  readonly tools?: readonly Tool[];
  readonly prompt?: string;
  readonly system?: string;
  readonly suffix?: string;
  readonly template?: string;
  readonly images?: readonly string[];
  readonly think?: ThinkValue;
}

interface RecordedCase {
  readonly name: string;
  readonly template: string;
  readonly path?: string;
  readonly request?: WireRequest;
  readonly rendered?: string;
  readonly error?: string;
  readonly createError?: string;
  readonly capabilities?: readonly string[];
}

const now = new Date(2026, 10, 24, 12);
const fixture = (name: string): readonly RecordedCase[] =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url), 'utf8')) as readonly RecordedCase[];

function toMessage(message: WireMessage): ChatMessage {
  const toolCalls = (message.tool_calls ?? []).map(({ id = '', function: called }) => ({
    id,
    name: called.name,
    arguments: called.arguments,
    ...(called.index === undefined ? {} : { index: called.index }),
  }));
  return {
    role: message.role,
    content: message.content,
    ...(message.thinking === undefined ? {} : { thinking: message.thinking }),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(message.tool_name === undefined ? {} : { toolName: message.tool_name }),
    ...(message.tool_call_id === undefined ? {} : { toolCallId: message.tool_call_id }),
  };
}

/** As /api/chat and /api/generate make a prompt of a request. */
function render(format: PromptFormat, request: WireRequest): string {
  const think = effectiveThink(request.think, format.capabilities);
  const { prompt = '', system, suffix } = request;
  if (request.template !== undefined)
    return renderGenerateTemplate(request.template, {
      prompt,
      think,
      now,
      ...(system === undefined ? {} : { system }),
      ...(suffix === undefined ? {} : { suffix }),
    });
  if (suffix !== undefined) return format.renderInsert(prompt, suffix);
  const messages = request.messages?.map(toMessage) ?? [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: prompt },
  ];
  return format.render({ messages, tools: request.tools ?? [], think: request.think });
}

function caught(act: () => unknown): CorralError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof CorralError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

/** What comes of a case, in the shape in which the recording says what should. */
function outcome({ template, request = {}, createError, error, capabilities }: RecordedCase): unknown {
  const faultOf = (act: () => unknown): unknown => {
    const { code, status, message } = caught(act);
    return { code, status, message };
  };
  if (createError !== undefined) return faultOf(() => checkGoTemplate(template));
  const format = createGoTemplateFormat(template, () => now);
  if (error !== undefined) return faultOf(() => render(format, request));
  const known = capabilities && ['completion', ...format.capabilities].toSorted();
  return { rendered: render(format, request), capabilities: known };
}

function expected({ rendered, createError, error, capabilities }: RecordedCase): unknown {
  if (createError !== undefined) return { code: 'template_failed', status: 400, message: createError };
  if (error !== undefined) return { code: 'template_failed', status: 500, message: error };
  return { rendered, capabilities: capabilities?.toSorted() };
}

describe('templates render as Ollama renders them', () => {
  it.each(fixture('go-templates.json'))('$name', (recorded) => expect(outcome(recorded)).toEqual(expected(recorded)));
});

describe('odd templates give what Ollama gives, faults in its words', () => {
  it.each(fixture('go-templates-recorded.json'))('$name', (recorded) =>
    expect(outcome(recorded)).toEqual(expected(recorded)),
  );
});

describe('where Ollama fails, an old-style template works', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'functions of Ollama in the last turn',
      '{{ json .Prompt }} {{ currentDate }} {{ yesterdayDate }}{{ .Response }}!',
      '"Hi" 2026-11-24 2026-11-23',
    ],
    [
      'definitions in the last turn',
      '{{ define "x" }}<{{ . }}>{{ end }}{{ template "x" .Prompt }}{{ .Response }}!',
      '<Hi>',
    ],
    ['an else behind the answer', '{{ .Prompt }}{{ if true }}a{{ .Response }}b{{ else }}c{{ end }}d', 'Hia'],
  ];
  it.each(cases)('%s', (_name, template, expected) =>
    expect(
      render(
        createGoTemplateFormat(template, () => now),
        { prompt: 'Hi' },
      ),
    ).toBe(expected),
  );
});

describe('a format made of a Go template', () => {
  const source =
    '{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ if .ToolCalls }}<tool_call>{{ end }}{{ end }}{{ .Tools }}<|a|>';
  const format = createGoTemplateFormat(source);
  const input = { messages: [{ role: 'user', content: 'Hi' }], tools: [], think: undefined };
  const answer = (text: string, prompt: string, think: ThinkValue, tools: readonly Tool[] = []): unknown => {
    const parser = format.answerParser({ ...input, think, tools }, prompt);
    return [...parser.push(text), ...parser.end()].map((piece) =>
      piece.toolCalls === undefined ? piece : { calls: piece.toolCalls.map((call) => call.name) },
    );
  };

  it('keeps its tags visible', () => {
    expect(format.visibleSpecialTokens).toEqual(['<tool_call>', '<think>', '</think>']);
  });

  it('splits thinking and finds calls behind it', () => {
    const tools = [{ type: 'function', function: { name: 'add' } }];
    const text = '<think>add {}</think>ok <tool_call>{"name":"add","arguments":{"a":1}}</tool_call>';
    expect(answer(text, '<|a|>', undefined, tools)).toEqual([
      { thinking: 'add {}' },
      { content: 'ok ' },
      { calls: ['add'] },
    ]);
  });

  it('starts in the thinking when the prompt has opened it', () => {
    expect(answer('a</think>b', 'x<think>\n', true)).toEqual([{ thinking: 'a' }, { content: 'b' }]);
  });

  it('leaves the text alone when thinking is off', () => {
    expect(answer('<think>a</think>b', '<|a|>', false)).toEqual([{ content: '<think>a</think>b' }]);
  });

  it('many turns share one budget', () => {
    const slow = createGoTemplateFormat('{{ range 900000 }}{{ end }}{{ .Prompt }}{{ .Response }}');
    const messages = Array.from({ length: 40 }, (_, index) => ({
      role: index % 2 ? 'assistant' : 'user',
      content: 'x',
    }));
    expect(caught(() => slow.render({ ...input, messages })).message).toMatch(/steps/);
  });

  it('refuses tools that nest beyond all reason', () => {
    const deep = JSON.parse(`${'{"properties":{"a":'.repeat(5000)}{}${'}}'.repeat(5000)}`) as Record<string, unknown>;
    const tools = [{ type: 'function', function: { name: 'f', parameters: deep } }];
    expect(caught(() => format.render({ ...input, tools })).code).toBe('bad_request');
  });
});
