import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Tool } from '../chat-message.ts';
import type { AnswerPiece } from '../prompt-format.ts';
import { chooseToolCallShape } from './choose-tool-call-shape.ts';
import { newCallId } from './new-call-id.ts';
import { createToolCallScanner } from './tool-call-scanner.ts';
import type { ParsedCall } from './tool-call-shape.ts';

const tools: readonly Tool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
    },
  },
  { type: 'function', function: { name: 'add' } },
];

interface Outcome {
  readonly content: string;
  readonly calls: readonly ParsedCall[];
  /** Content and calls in their order. */
  readonly order: string;
}

function scan(marker: string, chunks: readonly string[]): Outcome {
  let count = 0;
  const parser = createToolCallScanner({
    shape: chooseToolCallShape(marker),
    tools,
    newCallId: () => `call_${String(count++).padStart(8, '0')}`,
  });
  return outcome([...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()]);
}

function outcome(pieces: readonly AnswerPiece[]): Outcome {
  const calls = pieces.flatMap((piece) => piece.toolCalls ?? []);
  expect(calls.map((call) => call.id)).toEqual(calls.map((_, index) => `call_${String(index).padStart(8, '0')}`));
  return {
    content: pieces.map((piece) => piece.content ?? '').join(''),
    calls: calls.map(({ name, arguments: given }) => ({ name, arguments: given })),
    order: pieces.map((piece) => piece.content ?? '\u0001').join(''),
  };
}

const hermes = '<tool_call>';
const coder = '<function=';
const mistral = '[TOOL_CALLS]';
const llama = '{"name": function name, "parameters": …}';
const deepseek = '<｜tool▁call▁begin｜>';
const glm = '<arg_key>';
const granite = '<|tool_call|>';
const command = '<|START_ACTION|>';

const weather = { name: 'get_weather', arguments: { city: '서울 {"}', days: 2 } };
const weatherJson = '{"name": "get_weather", "arguments": {"city": "서울 {\\"}", "days": 2}}';
const add = { name: 'add', arguments: {} };

const cases: readonly (readonly [
  name: string,
  marker: string,
  text: string,
  calls: readonly ParsedCall[],
  content: string,
])[] = [
  ['hermes: one call', hermes, `<tool_call>\n${weatherJson}\n</tool_call>`, [weather], ''],
  [
    'hermes: text, then two calls',
    hermes,
    `Let me see.\n\n<tool_call>${weatherJson}</tool_call>\n<tool_call>{"name":"add"}</tool_call>\n`,
    [weather, add],
    'Let me see.',
  ],
  ['hermes: text after a call', hermes, `<tool_call>{"name":"add"}</tool_call>\nDone.`, [add], '\nDone.'],
  ['hermes: an end without the closing tag', hermes, `<tool_call>\n${weatherJson}\n`, [weather], ''],
  [
    'hermes: arguments as a text',
    hermes,
    '<tool_call>{"name":"add","arguments":"{\\"a\\":1}"}</tool_call>',
    [{ name: 'add', arguments: { a: 1 } }],
    '',
  ],
  [
    'hermes: the closing tag inside an argument',
    hermes,
    '<tool_call>{"name":"add","arguments":{"a":"</tool_call>"}}</tool_call>',
    [{ name: 'add', arguments: { a: '</tool_call>' } }],
    '',
  ],
  ['hermes: no JSON', hermes, 'a <tool_call>not json</tool_call> b', [], 'a <tool_call>not json</tool_call> b'],
  ['hermes: JSON cut off', hermes, 'a\n<tool_call>{"name": "ad', [], 'a\n<tool_call>{"name": "ad'],
  [
    'hermes: a brace too many',
    hermes,
    '<tool_call>{"name":"add"}}</tool_call>',
    [],
    '<tool_call>{"name":"add"}}</tool_call>',
  ],
  ['hermes: JSON that is no call', hermes, '<tool_call>{"a":1}</tool_call>', [], '<tool_call>{"a":1}</tool_call>'],
  [
    'hermes: a good call behind a broken one',
    hermes,
    '<tool_call>{] <tool_call>{"name":"add"}</tool_call>',
    [add],
    '<tool_call>{]',
  ],
  ['hermes: the beginning of a tag at the end', hermes, 'a <tool_', [], 'a <tool_'],
  ['hermes: white space at the end', hermes, 'a \n', [], 'a \n'],
  [
    'coder: typed by the schema',
    coder,
    '<tool_call>\n<function=get_weather>\n<parameter=city>\n12\n</parameter>\n<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>',
    [{ name: 'get_weather', arguments: { city: '12', days: 2 } }],
    '',
  ],
  [
    'coder: without the outer tag, untyped',
    coder,
    'x <function=add>\n<parameter=a>\n[1, {"b": "</"}]\n</parameter>\n<parameter=b>\nsome\n  text\n</parameter>\n<parameter=c>True</parameter></function>',
    [{ name: 'add', arguments: { a: [1, { b: '</' }], b: 'some\n  text', c: true } }],
    'x',
  ],
  ['coder: an end without the outer closing tag', coder, '<tool_call>\n<function=add>\n</function>\n', [add], ''],
  [
    'coder: cut off',
    coder,
    '<tool_call>\n<function=add>\n<parameter=a>',
    [],
    '<tool_call>\n<function=add>\n<parameter=a>',
  ],
  [
    'coder: something else in the tag',
    coder,
    '<tool_call>{"name":"add"}</tool_call>',
    [],
    '<tool_call>{"name":"add"}</tool_call>',
  ],
  [
    'mistral: a list',
    mistral,
    `[TOOL_CALLS] [${weatherJson}, {"name":"add","arguments":{},"id":"abcdefghi"}]`,
    [weather, add],
    '',
  ],
  [
    'mistral: name and arguments',
    mistral,
    '[TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]get_weather[CALL_ID]abcdefghi[ARGS]{}',
    [
      { name: 'add', arguments: { a: 1 } },
      { name: 'get_weather', arguments: {} },
    ],
    '',
  ],
  ['mistral: no call', mistral, '[TOOL_CALLS] is a marker', [], '[TOOL_CALLS] is a marker'],
  [
    'llama: the whole answer',
    llama,
    ' {"name": "get_weather", "parameters": {"city": "a"}}',
    [{ name: 'get_weather', arguments: { city: 'a' } }],
    '',
  ],
  [
    'llama: two joined by a semicolon',
    llama,
    '{"type":"function","name":"add","parameters":{}}; {"name":"add","parameters":{"a":null}}',
    [add, { name: 'add', arguments: { a: null } }],
    '',
  ],
  ['llama: behind the python tag', llama, 'Yes.<|python_tag|>{"name": "add", "parameters": {}}', [add], 'Yes.'],
  [
    'llama: a tool that was not offered',
    llama,
    '{"name": "other", "parameters": {}}',
    [],
    '{"name": "other", "parameters": {}}',
  ],
  ['llama: an answer in JSON', llama, '{"city": {"name": "add"}}', [], '{"city": {"name": "add"}}'],
  [
    'llama: JSON after text',
    llama,
    'So: {"name": "add", "parameters": {}}',
    [],
    'So: {"name": "add", "parameters": {}}',
  ],
  ['llama: text after a call', llama, '{"name": "add", "parameters": {}}; and so on', [add], '; and so on'],
  ['llama: code behind the python tag', llama, '<|python_tag|>print(1)', [], '<|python_tag|>print(1)'],
  [
    'deepseek: R1',
    deepseek,
    'x\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{"a": 1}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [
      { name: 'add', arguments: { a: 1 } },
      { name: 'get_weather', arguments: {} },
    ],
    'x',
  ],
  [
    'deepseek: V3.1',
    deepseek,
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{"a": 1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [{ name: 'add', arguments: { a: 1 } }],
    '',
  ],
  [
    'deepseek: without the outer markers',
    deepseek,
    '<｜tool▁call▁begin｜>add<｜tool▁sep｜>{}<｜tool▁call▁end｜>',
    [add],
    '',
  ],
  [
    'deepseek: an end without the markers',
    deepseek,
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{}',
    [add],
    '',
  ],
  ['deepseek: broken', deepseek, '<｜tool▁calls▁begin｜>oh', [], '<｜tool▁calls▁begin｜>oh'],
  [
    'glm',
    glm,
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>7</arg_value>\n<arg_key>days</arg_key>\n<arg_value>7</arg_value>\n</tool_call>',
    [{ name: 'get_weather', arguments: { city: '7', days: 7 } }],
    '',
  ],
  [
    'glm: broken',
    glm,
    '<tool_call>get_weather<arg_key>city</tool_call>',
    [],
    '<tool_call>get_weather<arg_key>city</tool_call>',
  ],
  ['granite: a list', granite, '<|tool_call|>[{"name":"add","arguments":{}}]', [add], ''],
  [
    'command: actions',
    command,
    '<|START_ACTION|>[\n{"tool_call_id":"0","tool_name":"add","parameters":{}}\n]<|END_ACTION|>',
    [add],
    '',
  ],
];

describe('tool calls and content', () => {
  it.each(cases)('%s', (_name, marker, text, calls, content) => {
    expect(scan(marker, [text])).toMatchObject({ calls, content });
  });

  it('are the same one character at a time', () => {
    for (const [name, marker, text] of cases) {
      expect({ name, ...scan(marker, Array.from(text)) }).toEqual({ name, ...scan(marker, [text]) });
    }
  });
});

const markers = [hermes, coder, mistral, llama, deepseek, glm, granite, command];
/** Texts made of the parts that calls are made of, whole, cut and mixed. */
const parts = [
  ...new Set(cases.flatMap(([, , text]) => text.split(/(?<=[>\]}｜])|(?=[<[{])/))),
  '\n',
  ' ',
  ';',
  'word',
  '<',
  '[TOOL',
  '{"name": "add", "parameters": {}}',
  weatherJson,
];
const answer = fc.array(fc.constantFrom(...parts), { maxLength: 14 }).map((chosen) => chosen.join(''));

function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((place, index) => text.slice(places[index], place));
}

describe('for every text', () => {
  it('the result does not depend on where the text is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...markers), answer, fc.array(fc.nat(), { maxLength: 12 }), (marker, text, cuts) => {
        expect(scan(marker, cutAt(text, cuts))).toEqual(scan(marker, [text]));
      }),
      { numRuns: 3000 },
    );
  });

  it('text without calls comes out as it went in', () => {
    const result = fc.check(
      fc.property(fc.constantFrom(...markers), fc.oneof(answer, fc.string({ unit: 'binary' })), (marker, text) => {
        const { content, calls } = scan(marker, [text]);
        return calls.length > 0 || content === text;
      }),
      { numRuns: 2000 },
    );
    expect(result.counterexample).toBeNull();
  });

  it('text that begins no call flows at once', () => {
    const parser = createToolCallScanner({ shape: chooseToolCallShape(hermes), tools, newCallId });
    expect(parser.push('Hello')).toEqual([{ content: 'Hello' }]);
    expect(parser.push(' wor')).toEqual([{ content: ' wor' }]);
    expect(parser.push('ld <tool')).toEqual([{ content: 'ld' }]);
    expect(parser.push('box>')).toEqual([{ content: ' <toolbox>' }]);
  });

  it('a JSON answer where calls are bare JSON flows from its first key on', () => {
    const parser = createToolCallScanner({ shape: chooseToolCallShape(llama), tools, newCallId });
    expect(parser.push('{"answ')).toEqual([]);
    expect(parser.push('er"')).toEqual([{ content: '{' }, { content: '"answer"' }]);
  });
});

it('a long call costs no more than its length', () => {
  const long = `<tool_call>{"name":"add","arguments":{"text":"${'}'.repeat(20)}${'word '.repeat(100_000)}"}}</tool_call>`;
  expect(scan(hermes, long.match(/[\s\S]{1,5}/g) ?? []).calls).toHaveLength(1);
});

it('openers without end take no quadratic time', () => {
  const text = '<tool_call>{'.repeat(100_000);
  expect(scan(hermes, [text])).toMatchObject({ calls: [], content: text });
});

it('a call that never ends is let go as content', () => {
  const text = `<tool_call>{"name":"${'x'.repeat(4 * 1024 * 1024)}`;
  const parser = createToolCallScanner({ shape: chooseToolCallShape(hermes), tools, newCallId });
  expect(
    parser
      .push(text)
      .map((piece) => piece.content ?? '')
      .join(''),
  ).toBe(text);
});

it('ids are call_ and eight lowercase letters or digits', () => {
  expect(newCallId()).toMatch(/^call_[a-z0-9]{8}$/);
  expect(newCallId()).not.toBe(newCallId());
});
