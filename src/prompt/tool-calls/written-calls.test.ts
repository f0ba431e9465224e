/**
 * What a tool's schema means for the text of a call, family by family: the texts that the grammar admits are read back as the arguments that
 * they say, and arguments that the schema forbids can't be written.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GbnfSampler } from '../../../test/support/gbnf-sampler.ts';
import { judgeOf } from '../../../test/support/json-schema-judge.ts';
import { matchesGrammar } from '../../formats/gbnf/test-matching.ts';
import type { Tool } from '../chat-message.ts';
import { chatmlFormat } from '../chatml-format.ts';
import { createJinjaFormat } from '../jinja-format.ts';
import { testFamilyFormat } from '../families/test-family-format.ts';
import type { AnswerPiece, PromptFormat } from '../prompt-format.ts';
import { streamCalls } from './streamed-calls.ts';
import { toolCallGrammar } from './tool-call-grammar.ts';

type Arguments = Readonly<Record<string, unknown>>;

interface Family {
  readonly format: PromptFormat;
  /** A call as the family's models write it. */
  readonly write: (name: string, given: Arguments) => string;
}

/** Values with bare names and strings between two marks. */
function escaped(value: unknown, quote: string): string {
  if (typeof value === 'string') return quote + value + quote;
  if (Array.isArray(value)) return `[${value.map((item) => escaped(item, quote)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${key}:${escaped(item, quote)}`);
  return `{${members.join(',')}}`;
}

function python(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`)
    .join(', ')}}`;
}

const keywords = (given: Arguments): string =>
  Object.entries(given)
    .map(([key, value]) => `${key}=${python(value)}`)
    .join(', ');
const bare = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const qwenCoder = (name: string, given: Arguments): string => {
  const values = Object.entries(given).map(([key, value]) => `<parameter=${key}>\n${bare(value)}\n</parameter>\n`);
  return `<tool_call>\n<function=${name}>\n${values.join('')}</function>\n</tool_call>`;
};
const glm = (name: string, given: Arguments): string => {
  const values = Object.entries(given).map(
    ([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${bare(value)}</arg_value>\n`,
  );
  return `<tool_call>${name}\n${values.join('')}</tool_call>`;
};

const families: Readonly<Record<string, Family>> = {
  harmony: {
    format: testFamilyFormat('harmony'),
    write: (name, given) =>
      `<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${JSON.stringify(given)}`,
  },
  gemma4: {
    format: testFamilyFormat('gemma4'),
    write: (name, given) => `<|tool_call>call:${name}${escaped(given, '<|"|>')}<tool_call|>`,
  },
  functiongemma: {
    format: testFamilyFormat('functiongemma'),
    write: (name, given) => `<start_function_call>call:${name}${escaped(given, '<escape>')}<end_function_call>`,
  },
  olmo3: {
    format: testFamilyFormat('olmo3'),
    write: (name, given) => `<function_calls>${name}(${keywords(given)})</function_calls>`,
  },
  lfm2: {
    format: testFamilyFormat('lfm2'),
    write: (name, given) => `<|tool_call_start|>[${name}(${keywords(given)})]<|tool_call_end|>`,
  },
  'qwen3-coder': { format: testFamilyFormat('qwen3-coder'), write: qwenCoder },
  'qwen3-coder by its template': {
    format: createJinjaFormat({ source: '{{ tools }}<function=', bosToken: '', eosToken: '' }),
    write: qwenCoder,
  },
  'glm-4.7': { format: testFamilyFormat('glm-4.7'), write: glm },
  'glm by its template': {
    format: createJinjaFormat({ source: '{{ tools }}<arg_key>', bosToken: '', eosToken: '' }),
    write: glm,
  },
};

interface Case {
  readonly schema: Arguments;
  readonly accepted: readonly Arguments[];
  readonly refused: readonly Arguments[];
}

const object = (properties: object, more: object = {}): Arguments => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
});

const cases: Readonly<Record<string, Case>> = {
  types: {
    schema: object({ s: { type: 'string' }, i: { type: 'integer' }, n: { type: 'number' }, b: { type: 'boolean' } }),
    accepted: [
      { s: 'Ålesund, "no"? It\u2019s <b>5</b> 😀', i: -3, n: 1.5, b: true },
      { s: '', i: 0, n: 2, b: false },
    ],
    refused: [
      { s: 'a', i: 1.5, n: 1, b: true },
      { s: 'a', i: 1, n: 'x', b: true },
      { s: 'a', i: 1, n: 1, b: 'yes' },
      { s: 'a', i: 1, n: 1 },
    ],
  },
  'enum and const': {
    schema: object({ unit: { enum: ['celsius', 'kelvin'] }, version: { const: 2 } }),
    accepted: [{ unit: 'kelvin', version: 2 }],
    refused: [
      { unit: 'miles', version: 2 },
      { unit: 'kelvin', version: 3 },
    ],
  },
  'pattern, format and lengths': {
    schema: object({
      code: { type: 'string', pattern: '^[A-Z]{2}-\\d+$' },
      day: { type: 'string', format: 'date' },
      name: { type: 'string', minLength: 2, maxLength: 5 },
    }),
    accepted: [{ code: 'NO-47', day: '2025-12-31', name: 'æøå' }],
    refused: [
      { code: 'no-47', day: '2025-12-31', name: 'abc' },
      { code: 'NO-47', day: '31.12.2025', name: 'abc' },
      { code: 'NO-47', day: '2025-12-31', name: 'a' },
      { code: 'NO-47', day: '2025-12-31', name: 'abcdef' },
    ],
  },
  'optional members': {
    schema: object({ a: { type: 'integer' }, b: { type: 'string' } }, { required: ['b'] }),
    accepted: [{ b: 'x' }, { a: 1, b: 'x' }],
    refused: [{ a: 1 }, {}, { b: 'x', c: 1 }],
  },
  'lists and objects': {
    schema: object({
      tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
      place: object({ x: { type: 'number' }, label: { type: ['string', 'null'] } }),
    }),
    accepted: [
      { tags: ['a b', 'c'], place: { x: 0.5, label: null } },
      { tags: ['ü'], place: { x: -1, label: 'home' } },
    ],
    refused: [
      { tags: [], place: { x: 1, label: null } },
      { tags: ['a', 'b', 'c'], place: { x: 1, label: null } },
      { tags: ['a'], place: { x: '1', label: null } },
      { tags: ['a'], place: { x: 1 } },
    ],
  },
  'either of several types': {
    schema: object({
      id: { type: ['integer', 'string'], minimum: 3 },
      flag: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
    }),
    accepted: [
      { id: 7, flag: null },
      { id: 'seven', flag: true },
    ],
    refused: [
      { id: 2, flag: true },
      { id: 'x', flag: 'maybe' },
    ],
  },
  references: {
    schema: object({ where: { $ref: '#/$defs/point' } }, { $defs: { point: object({ x: { type: 'integer' } }) } }),
    accepted: [{ where: { x: 1 } }],
    refused: [{ where: { x: 'a' } }, { where: 1 }],
  },
};

const toolOf = (parameters: Arguments): Tool => ({ type: 'function', function: { name: 'call_it', parameters } });

const grammarOf = (format: PromptFormat, parameters: Arguments): string => {
  if (format.callSyntax === undefined) throw new Error('this format has no grammar of calls');
  return toolCallGrammar(format.callSyntax, {
    tools: [toolOf(parameters)],
    strict: [],
    choice: 'required',
    parallel: false,
    contentSchema: undefined,
  }).grammar;
};

/** The arguments of the calls in `text`, which comes in these portions. */
function read({ format }: Family, parameters: Arguments, portions: readonly string[], streams = false) {
  const tools = [toolOf(parameters)];
  const whole = format.answerParser({ messages: [], tools, think: false }, '');
  const heads = format.callSyntax?.heads;
  const parser = streams && heads ? streamCalls(whole, { heads, tools, newCallId: () => 'id' }) : whole;
  const pieces: AnswerPiece[] = [...portions.flatMap((portion) => parser.push(portion)), ...parser.end()];
  return {
    calls: pieces.flatMap((piece) => piece.toolCalls ?? []).map((call) => call.arguments),
    content: pieces
      .map((piece) => piece.content ?? '')
      .join('')
      .trim(),
    written: pieces
      .flatMap((piece) => piece.toolCallDeltas ?? [])
      .map((delta) => delta.argumentsText)
      .join(''),
  };
}

function cut(text: string, lengths: readonly number[]): readonly string[] {
  const portions: string[] = [];
  let at = 0;
  for (const length of lengths) portions.push(text.slice(at, (at += length)));
  return [...portions, text.slice(at)];
}

const lengths = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 });
const seeds = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 30, maxLength: 200 });

/** A backslash before a quote stays in LFM2's strings, so such a text is not read back as it was. */
const comesBack = (name: string, given: Arguments): boolean => name !== 'lfm2' || !/\\"/.test(keywords(given));

describe.each(Object.entries(families))('%s', (name, family) => {
  describe.each(Object.entries(cases))('%s', (_, { schema, accepted, refused }) => {
    const grammar = grammarOf(family.format, schema);

    test('arguments that satisfy the schema can be written and come back', () => {
      for (const given of accepted.filter((each) => comesBack(name, each))) {
        const text = family.write('call_it', given);
        expect(text).toSatisfy((each: string) => matchesGrammar(grammar, each));
        expect(read(family, schema, [text])).toMatchObject({ calls: [given], content: '' });
      }
    });

    test('others can not', () => {
      for (const given of refused) {
        expect(family.write('call_it', given)).not.toSatisfy((each: string) => matchesGrammar(grammar, each));
      }
    });

    test('every text of the grammar is a call that satisfies it, however it is cut and also while it is written', () => {
      const sampler = new GbnfSampler(grammar);
      const judge = judgeOf(schema);
      fc.assert(
        fc.property(seeds, lengths, (numbers, cuts) => {
          let at = 0;
          const text = sampler.sample(() => numbers[at++ % numbers.length] ?? 0, 250);
          const { calls, content } = read(family, schema, [text]);
          expect(content).toBe('');
          expect(calls).toHaveLength(1);
          expect(calls[0]).toSatisfy(judge);
          expect(read(family, schema, cut(text, cuts))).toEqual({ calls, content, written: '' });
          if (family.format.callSyntax?.heads === undefined) return;
          const { written } = read(family, schema, cut(text, cuts), true);
          expect(JSON.parse(written)).toEqual(calls[0]);
          expect(written).toBe(read(family, schema, [text], true).written);
        }),
        { numRuns: 25 },
      );
    });
  });
});

describe('what a family has no way to write is refused by its path', () => {
  test.each([
    ['a keyword that is no identifier', 'olmo3', object({ 'not-a-word': {} }), 'parameters.properties'],
    [
      'a nested name with a colon',
      'gemma4',
      object({ a: object({ 'x:y': {} }) }),
      'parameters.properties.a.properties',
    ],
    [
      'a text that means null',
      'qwen3-coder',
      object({ a: { type: 'string', const: 'null' } }),
      'parameters.properties.a.const',
    ],
    ['a text with the mark', 'functiongemma', object({ a: { enum: ['<escape>'] } }), 'parameters.properties.a.enum'],
    ['both quotes', 'lfm2', object({ a: { const: `"'` } }), 'parameters.properties.a.const'],
  ] as const)('%s', (_, name, schema, path) => {
    const format = families[name]?.format ?? chatmlFormat;
    expect(() => grammarOf(format, schema)).toThrow(
      expect.objectContaining({ code: 'bad_request', param: `tools[0].function.${path}` }),
    );
  });
});
