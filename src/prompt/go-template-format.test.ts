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

function check(recorded: RecordedCase): void {
  const { template, request = {} } = recorded;
  if (recorded.createError !== undefined) {
    const error = caught(() => checkGoTemplate(template));
    expect(error).toMatchObject({ code: 'template_failed', status: 400, message: recorded.createError });
    return;
  }
  const format = createGoTemplateFormat(template, () => now);
  if (recorded.capabilities !== undefined)
    expect(['completion', ...format.capabilities].toSorted()).toEqual(recorded.capabilities.toSorted());
  if (recorded.error === undefined) expect(render(format, request)).toBe(recorded.rendered);
  else {
    const error = caught(() => render(format, request));
    expect(error).toMatchObject({ code: 'template_failed', status: 500, message: recorded.error });
  }
}

describe('templates render as Ollama renders them', () => {
  for (const recorded of fixture('go-templates.json')) it(recorded.name, () => check(recorded));
});

describe('odd templates give what Ollama gives, faults in its words', () => {
  for (const recorded of fixture('go-templates-recorded.json')) it(recorded.name, () => check(recorded));
});
