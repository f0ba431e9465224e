import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Tool } from './chat-message.ts';
import { createGoTemplateToolParser } from './go-template-tool-parser.ts';

const tools: readonly Tool[] = ['get_weather', 'get', 'get_weather_now', 'add'].map((name) => ({
  type: 'function',
  function: { name },
}));

interface Outcome {
  readonly content: string;
  readonly calls: readonly (readonly [string, unknown])[];
}

function parse(tag: string, chunks: readonly string[]): Outcome {
  let count = 0;
  const parser = createGoTemplateToolParser({ tag, tools, newCallId: () => `call_${(count += 1)}` });
  const pieces = [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
  for (const piece of pieces) expect(Object.keys(piece)).toHaveLength(1);
  return {
    content: pieces.map((piece) => piece.content ?? '').join(''),
    calls: pieces.flatMap((piece) => piece.toolCalls ?? []).map((call) => [call.name, call.arguments] as const),
  };
}

const hermes = '<tool_call>';
const cases: readonly (readonly [string, string, string, Outcome])[] = [
  [
    'a tagged call with arguments',
    hermes,
    'I look. <tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>',
    { content: 'I look. ', calls: [['get_weather', { city: 'Oslo' }]] },
  ],
  [
    'parameters instead of arguments',
    hermes,
    '<tool_call>{"name":"add","parameters":{"a":1}}',
    { content: '', calls: [['add', { a: 1 }]] },
  ],
  [
    'arguments as a string of JSON',
    hermes,
    '<tool_call>{"name":"add","arguments":"{\\"a\\": {\\"b\\": \\"}\\"}}"}',
    { content: '', calls: [['add', { a: { b: '}' } }]] },
  ],
  [
    'the longest of the names',
    hermes,
    '<tool_call>get_weather_now{"x":1}<tool_call>get{"y":2}',
    {
      content: '',
      calls: [
        ['get_weather_now', { x: 1 }],
        ['get', { y: 2 }],
      ],
    },
  ],
  [
    'the name the object says, whatever stands in its arguments',
    hermes,
    '<tool_call>{"arguments":{"q":"get_weather"},"name":"add"}',
    { content: '', calls: [['add', { q: 'get_weather' }]] },
  ],
  [
    'a call wrapped in another object',
    hermes,
    '<tool_call>{"function":{"name":"add","arguments":{"a":1}}}',
    { content: '', calls: [['add', { a: 1 }]] },
  ],
  ['arguments under the tool name', hermes, '<tool_call>{"add":{"a":1}}', { content: '', calls: [['add', { a: 1 }]] }],
  ['a call without arguments', hermes, '<tool_call>{"name":"add"}', { content: '', calls: [['add', {}]] }],
  [
    'an unknown tool comes back as text',
    hermes,
    'x<tool_call>{"name":"rm","arguments":{}}</tool_call>',
    { content: 'x<tool_call>{"name":"rm","arguments":{}}</tool_call>', calls: [] },
  ],
  [
    'a broken call comes back as text',
    hermes,
    '<tool_call>{"name":"add", "arguments":',
    { content: '<tool_call>{"name":"add", "arguments":', calls: [] },
  ],
  [
    'a broken object before a whole one is passed over',
    hermes,
    '<tool_call>{bad}{"name":"add","arguments":{"a":1}}',
    { content: '', calls: [['add', { a: 1 }]] },
  ],
  ['the start of a tag at the end is text', hermes, 'a <tool_', { content: 'a <tool_', calls: [] }],
  ['a bare object', '{', ' {"name":"add","arguments":{"a":1}}', { content: ' ', calls: [['add', { a: 1 }]] }],
  [
    'several bare objects',
    '{',
    '{"name":"add","arguments":{}}; {"name":"get","arguments":{}}',
    {
      content: '',
      calls: [
        ['add', {}],
        ['get', {}],
      ],
    },
  ],
  [
    'a bare answer that is JSON but no call',
    '{',
    '{"a":{"b":1}} and so',
    { content: '{"a":{"b":1}} and so', calls: [] },
  ],
  [
    'an object further down the answer is no bare call',
    '{',
    'Use {"name":"add","arguments":{}}',
    { content: 'Use {"name":"add","arguments":{}}', calls: [] },
  ],
  [
    'a brace in a string ends nothing',
    '{',
    '{"name":"add","arguments":{"a":"}}"}}',
    { content: '', calls: [['add', { a: '}}' }]] },
  ],
  [
    'a list of calls',
    '[',
    '[{"name":"add","arguments":{"a":1}}, {"name":"add","arguments":{"a":2}}]\n',
    {
      content: '',
      calls: [
        ['add', { a: 1 }],
        ['add', { a: 2 }],
      ],
    },
  ],
  ['a list that is no call', '[', '[1, [2]] is a list', { content: '[1, [2]] is a list', calls: [] }],
];

describe('tool calls in the answer of a model with a Go template', () => {
  it.each(cases)('%s', (_name, tag, text, expected) => expect(parse(tag, [text])).toEqual(expected));
  it.each(cases)('%s, character by character', (_name, tag, text, expected) =>
    expect(parse(tag, text.split(''))).toEqual(expected),
  );

  const piece = fc.oneof(
    fc.constantFrom(hermes, '</tool_call>', '<tool', '{', '}', '[', ']', '"', '\\', ' ', 'get_weather', 'get', 'add'),
    fc.constantFrom('{"name":"add","arguments":{"a":1}}', '{"name":"get_weather"}', '{"a":1}', '{x}', ',', '\n'),
    fc.string({ maxLength: 3 }),
  );
  it('any cutting gives the same, and text without calls is never lost', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(hermes, '{', '['),
        fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 20 }),
        (tag, parts) => {
          const text = parts.map(([part]) => part).join('');
          const chunks: string[] = [''];
          for (const [part, isCut] of parts) {
            if (isCut) chunks.push(part);
            else chunks[chunks.length - 1] += part;
          }
          const whole = parse(tag, [text]);
          expect(parse(tag, chunks)).toEqual(whole);
          expect(parse(tag, text.split(''))).toEqual(whole);
          // Without a call everything is content.
          expect(whole.calls.length > 0 || whole.content === text).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('survives arguments nested without end', () => {
    const text = `<tool_call>add ${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    expect(parse(hermes, [text]).calls).toHaveLength(1);
  });
});
