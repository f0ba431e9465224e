/** What a grammar of calls admits the parser of the same model reads as calls, valid by the tools' schemas, however the text is cut. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GbnfRecogniser } from '../../../test/support/gbnf-recogniser.ts';
import { GbnfSampler } from '../../../test/support/gbnf-sampler.ts';
import { judgeOf } from '../../../test/support/json-schema-judge.ts';
import type { Tool, ToolCall } from '../chat-message.ts';
import { createGoTemplateFormat } from '../go-template-format.ts';
import { createJinjaFormat } from '../jinja-format.ts';
import { testFamilyFormat } from '../families/test-family-format.ts';
import type { AnswerParser, PromptFormat } from '../prompt-format.ts';
import { streamCalls } from './streamed-calls.ts';
import { toolCallGrammar, type ToolCallOrder } from './tool-call-grammar.ts';

const weather = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    days: { type: 'integer' },
    place: { $ref: '#/$defs/place' },
  },
  required: ['city', 'unit'],
  $defs: { place: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
};
const tools: readonly Tool[] = [
  { type: 'function', function: { name: 'get_weather', parameters: weather } },
  {
    type: 'function',
    function: { name: 'now', parameters: { type: 'object', properties: {}, additionalProperties: false } },
  },
];
const schemas: Readonly<Record<string, object>> = Object.fromEntries(
  tools.map(({ function: { name, parameters } }) => [name, parameters ?? {}]),
);

const jinja = (markers: string): PromptFormat =>
  createJinjaFormat({ source: `{{ tools }}${markers}`, bosToken: '', eosToken: '' });
const go = (call: string): PromptFormat =>
  createGoTemplateFormat(
    `{{ .Tools }}{{ range .Messages }}{{ if .ToolCalls }}${call}{{ range .ToolCalls }}{{ .Function }}{{ end }}{{ end }}{{ .Content }}{{ end }}`,
  );
const formats: Readonly<Record<string, () => PromptFormat>> = {
  'bare JSON': () => jinja(''),
  Hermes: () => jinja('<tool_call>'),
  'Command R': () => jinja('<|START_ACTION|>'),
  'Granite 3': () => jinja('<|tool_call|>'),
  'Phi-4-mini': () => jinja('<|tool_call|><|/tool_call|>'),
  Mistral: () => jinja('[TOOL_CALLS]'),
  DeepSeek: () => jinja('<｜tool▁call▁begin｜>'),
  'Qwen3-Coder': () => jinja('<function='),
  GLM: () => jinja('<arg_key>'),
  'a Go template with an element': () => go('<tool_call>'),
  'a Go template with a list': () => go('[TOOL_CALLS] ['),
  'a Go template with objects': () => go(''),
  'a Go template with a bare list': () => go('['),
  'the family qwen3': () => testFamilyFormat('qwen3'),
  'the family qwen3-vl-instruct': () => testFamilyFormat('qwen3-vl-instruct'),
  'the family qwen3-coder': () => testFamilyFormat('qwen3-coder'),
  'the family ministral': () => testFamilyFormat('ministral'),
  'the family deepseek3': () => testFamilyFormat('deepseek3'),
  'the family cogito': () => testFamilyFormat('cogito'),
  'the family glm-4.7': () => testFamilyFormat('glm-4.7'),
  'the family harmony': () => testFamilyFormat('harmony'),
  'the family gemma4': () => testFamilyFormat('gemma4'),
  'the family functiongemma': () => testFamilyFormat('functiongemma'),
  'the family olmo3': () => testFamilyFormat('olmo3'),
  'the family lfm2': () => testFamilyFormat('lfm2'),
};

function grammarOf(format: PromptFormat, changes: Partial<ToolCallOrder> = {}) {
  if (format.callSyntax === undefined) throw new Error('this format has no grammar of calls');
  return toolCallGrammar(format.callSyntax, {
    tools,
    choice: 'required',
    strict: [],
    parallel: true,
    contentSchema: undefined,
    ...changes,
  });
}

/** The calls and the content of an answer that comes in portions of these lengths. */
function read(format: PromptFormat, text: string, lengths: readonly number[]) {
  const parser = format.answerParser({ messages: [], tools, think: false }, '');
  return tell(parser, text, lengths);
}

function tell(parser: AnswerParser, text: string, lengths: readonly number[]) {
  const calls: ToolCall[] = [];
  const written: string[] = [];
  const heads: object[] = [];
  let content = '';
  const pieces = [];
  let at = 0;
  for (const length of lengths) pieces.push(...parser.push(text.slice(at, (at += length))));
  pieces.push(...parser.push(text.slice(at)), ...parser.end());
  for (const piece of pieces) {
    calls.push(...(piece.toolCalls ?? []));
    content += piece.content ?? '';
    for (const { index, id, name, isFirst, argumentsText } of piece.toolCallDeltas ?? []) {
      if (isFirst) heads[index] = { id, name };
      written[index] = (written[index] ?? '') + argumentsText;
    }
  }
  const ids = calls.map(({ id, name }) => ({ id, name }));
  return {
    calls: calls.map(({ name, arguments: given }) => ({ name, arguments: given })),
    content,
    ids,
    heads,
    written,
  };
}

const lengths = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 });
const seeds = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 30, maxLength: 200 });

describe.each(Object.entries(formats))('%s', (_, make) => {
  const format = make();
  const grammar = grammarOf(format);
  const sampler = new GbnfSampler(grammar.grammar);

  test('every text of the grammar is read as valid calls and nothing else', () => {
    fc.assert(
      fc.property(seeds, lengths, (numbers, cuts) => {
        let at = 0;
        const text = sampler.sample(() => numbers[at++ % numbers.length] ?? 0, 120);
        const whole = read(format, text, []);
        expect(whole.content.trim()).toBe('');
        expect(whole.calls.length).toBeGreaterThan(0);
        for (const call of whole.calls) {
          expect(call.arguments).toSatisfy(judgeOf(schemas[call.name]));
        }
        const again = read(format, text, cuts);
        expect({ ...again, ids: [] }).toEqual({ ...whole, ids: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('with one call at most there is one, and of the named tool where one is named', () => {
    const named = grammarOf(format, { choice: { name: 'now' }, parallel: false });
    const one = new GbnfSampler(named.grammar);
    fc.assert(
      fc.property(seeds, (numbers) => {
        let at = 0;
        const text = one.sample(() => numbers[at++ % numbers.length] ?? 0, 60);
        expect(read(format, text, []).calls).toEqual([{ name: 'now', arguments: {} }]);
      }),
      { numRuns: 20 },
    );
  });

  test('a grammar that waits for a trigger goes on from it, and no text of it begins another', () => {
    const lazy = grammarOf(format, { choice: 'auto' });
    const recogniser = new GbnfRecogniser(lazy.grammar);
    const texts = new GbnfSampler(lazy.grammar);
    expect(lazy.start?.triggers.some((trigger) => recogniser.allowsPrefix(trigger.text))).toBe(true);
    fc.assert(
      fc.property(seeds, (numbers) => {
        let at = 0;
        const text = texts.sample(() => numbers[at++ % numbers.length] ?? 0, 60);
        for (let length = 1; length < text.length; length += 1) {
          expect(recogniser.matches(text.slice(0, length))).toBe(false);
        }
      }),
      { numRuns: 4 },
    );
  });
});

const writesJson = Object.entries(formats).filter(([name]) => !/gemma|olmo|lfm/i.test(name));

describe.each(writesJson)('%s', (_, make) => {
  const format = make();
  const heads = format.callSyntax?.heads;
  const sampler = new GbnfSampler(grammarOf(format).grammar);

  test('arguments that are passed on as they are written are those of the calls', () => {
    if (heads === undefined) throw new Error('what this format writes is not the JSON of the arguments');
    fc.assert(
      fc.property(seeds, lengths, (numbers, cuts) => {
        let at = 0;
        let id = 0;
        const text = sampler.sample(() => numbers[at++ % numbers.length] ?? 0, 120);
        const parser = streamCalls(format.answerParser({ messages: [], tools, think: false }, ''), {
          heads,
          tools,
          newCallId: () => `call_${id++}`,
        });
        const streamed = tell(parser, text, cuts);
        expect(streamed.heads).toEqual(streamed.ids);
        expect(streamed.written.map((json) => JSON.parse(json) as unknown)).toEqual(
          streamed.calls.map((call) => call.arguments),
        );
        expect(streamed.calls).toEqual(read(format, text, []).calls);
      }),
      { numRuns: 60 },
    );
  });
});

test('an answer may be content of a format or a call', () => {
  const { grammar, start } = grammarOf(jinja('<tool_call>'), { choice: 'auto', contentSchema: { enum: ['yes'] } });
  const recogniser = new GbnfRecogniser(grammar);
  expect(start).toBeUndefined();
  expect(recogniser.matches('"yes"')).toBe(true);
  expect(recogniser.matches('<tool_call>{"name": "now", "arguments": {}}</tool_call>')).toBe(true);
  expect(recogniser.matches('"no"')).toBe(false);
});

test('a schema that cannot be enforced is named by its path', () => {
  const broken = [
    ...tools,
    { type: 'function', function: { name: 'x', parameters: { properties: { a: { anyOf: [{}, { pattern: 7 }] } } } } },
  ];
  expect(() => grammarOf(jinja(''), { tools: broken })).toThrow(
    expect.objectContaining({
      code: 'bad_request',
      param: 'tools[2].function.parameters.properties.a.anyOf[1].pattern',
    }),
  );
});

describe('a schema that cannot be enforced, when the model is free to call', () => {
  const broken: Tool = {
    type: 'function',
    function: { name: 'x', parameters: { type: 'object', properties: { a: { not: {} }, b: { type: 'integer' } } } },
  };
  const free = { tools: [...tools, broken], choice: 'auto' } as const;

  test('leaves the arguments of that tool to the model, and holds the others', () => {
    const { grammar, unheld } = grammarOf(jinja('<tool_call>'), free);
    expect(unheld).toEqual(['x']);
    const recogniser = new GbnfRecogniser(grammar);
    const call = (name: string, given: string) => `<tool_call>{"name": "${name}", "arguments": ${given}}</tool_call>`;
    expect(recogniser.matches(call('x', '{"b": "no integer", "c": [1]}'))).toBe(true);
    expect(recogniser.matches(call('x', '[]'))).toBe(false);
    expect(recogniser.matches(call('y', '{}'))).toBe(false);
    expect(recogniser.matches(call('now', '{}'))).toBe(true);
    expect(recogniser.matches(call('now', '{"c": 1}'))).toBe(false);
  });

  test('leaves that argument alone where each has marks of its own', () => {
    const { grammar, unheld } = grammarOf(jinja('<function='), free);
    expect(unheld).toEqual(['x']);
    const recogniser = new GbnfRecogniser(grammar);
    const call = (a: string, b: string) =>
      '<tool_call>\n<function=x>\n' +
      `<parameter=a>\n${a}\n</parameter>\n<parameter=b>\n${b}\n</parameter>\n</function>\n</tool_call>`;
    expect(recogniser.matches(call('{"any": [1]}', '5'))).toBe(true);
    expect(recogniser.matches(call('{"any": [1]}', '"five"'))).toBe(false);
  });

  test.each<[string, Partial<ToolCallOrder>]>([
    ['a strict tool', { ...free, strict: ['x'] }],
    ['a tool that may be forced', { ...free, choice: 'required' }],
    ['a tool that is forced', { ...free, choice: { name: 'x' } }],
  ])('is refused for %s', (_, order) => {
    expect(() => grammarOf(jinja('<tool_call>'), order)).toThrow(
      expect.objectContaining({ code: 'bad_request', param: 'tools[2].function.parameters.properties.a.not' }),
    );
  });

  test('of another tool than the forced one is nobody\u2019s concern', () => {
    expect(grammarOf(jinja('<tool_call>'), { ...free, choice: { name: 'now' } }).unheld).toEqual([]);
  });
});
