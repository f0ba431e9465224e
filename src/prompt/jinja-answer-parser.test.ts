import { readFileSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ThinkValue, Tool } from './chat-message.ts';
import { createJinjaFormat } from './jinja-format.ts';

const fixtures = new URL('../../test/fixtures/jinja/', import.meta.url);
const tools: readonly Tool[] = [{ type: 'function', function: { name: 'add' } }];

function parse(options: {
  template?: string;
  chunks: readonly string[];
  think?: ThinkValue;
  tools?: readonly Tool[];
}): unknown {
  const source = readFileSync(new URL(`${options.template ?? 'qwen-like'}.jinja`, fixtures), 'utf8');
  const format = createJinjaFormat({ source, bosToken: '', eosToken: '', newCallId: () => 'call_00000000' });
  const input = { messages: [{ role: 'user', content: 'hi' }], tools: options.tools ?? [], think: options.think };
  const parser = format.answerParser(input, format.render(input));
  const pieces = [...options.chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
  return {
    thinking: pieces.map((piece) => piece.thinking ?? '').join(''),
    content: pieces.map((piece) => piece.content ?? '').join(''),
    calls: pieces.flatMap((piece) => piece.toolCalls ?? []),
  };
}

const call = '<tool_call>{"name":"add","arguments":{}}</tool_call>';
const parsedCall = { id: 'call_00000000', name: 'add', arguments: {} };

describe('an answer is split into thinking, content and tool calls', () => {
  it('thinking first, then content', () => {
    expect(parse({ chunks: ['<think>\nhm\n</think>\n\n    Hi'] })).toEqual({
      thinking: 'hm\n',
      content: 'Hi',
      calls: [],
    });
  });

  it('thinking that the prompt has opened', () => {
    const chunks = ['hm</think>\n\nHi'];
    expect(parse({ template: 'deepseek-r1-like', chunks })).toEqual({ thinking: 'hm', content: 'Hi', calls: [] });
    expect(parse({ template: 'deepseek-r1-like', chunks, think: false })).toMatchObject({ content: 'Hi' });
  });

  it('no thinking where it was switched off and the prompt closes it', () => {
    expect(parse({ chunks: ['Tags: <think>'], think: false })).toMatchObject({
      thinking: '',
      content: 'Tags: <think>',
    });
  });

  it('a call in the thinking is none', () => {
    const chunks = [`<think>${call}</think>${call}`];
    expect(parse({ chunks, tools })).toEqual({ thinking: call, content: '', calls: [parsedCall] });
  });

  it('a call stays text when the request had no tools', () => {
    expect(parse({ chunks: [call] })).toEqual({ thinking: '', content: call, calls: [] });
  });

  it('a template without thinking leaves the tags in the content', () => {
    expect(parse({ template: 'smollm2', chunks: ['<think>a</think>b'] })).toMatchObject({
      content: '<think>a</think>b',
    });
  });

  it('the same for every way of cutting the text', () => {
    const part = fc.constantFrom('<think>', '</think>', call, ' ', '\n', 'word', '<', '<tool_call>', '</thi');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.boolean(), (parts, opened) => {
        const template = opened ? 'deepseek-r1-like' : 'qwen-like';
        const text = parts.join('');
        expect(parse({ template, chunks: Array.from(text), tools })).toEqual(
          parse({ template, chunks: [text], tools }),
        );
      }),
      { numRuns: 300 },
    );
  });
});
