import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatMessage, ThinkValue, Tool } from '../chat-message.ts';
import type { AnswerPiece } from '../prompt-format.ts';
import { familyParser, parserNames } from './family-parsers.ts';

interface RecordedAnswer extends Parsed {
  readonly parser: string;
  readonly name: string;
  readonly think?: boolean;
  readonly withTools?: boolean;
  readonly last?: ChatMessage;
  readonly text: string;
}

interface Parsed {
  readonly content: string;
  readonly thinking: string;
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[];
}

/** Answers and what Ollama's own parsers made of them, each given whole. */
const recorded = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/parsers-recorded.json', import.meta.url), 'utf8'),
) as { readonly tools: readonly Tool[]; readonly answers: readonly RecordedAnswer[] };

interface Given {
  readonly parser: string;
  readonly think?: ThinkValue;
  readonly withTools?: boolean;
  readonly last?: ChatMessage;
}

function parse({ parser, think, withTools = true, last }: Given, parts: readonly string[]): Parsed {
  const answer = familyParser(parser)?.create({
    tools: withTools ? recorded.tools : [],
    think,
    lastMessage: last,
    isPastThinking: false,
    newCallId: () => 'call_0',
  });
  if (answer === undefined) throw new Error(`no parser ${parser}`);
  return joined([...parts.flatMap((part) => answer.push(part)), ...answer.end()]);
}

function joined(pieces: readonly AnswerPiece[]): Parsed {
  return {
    content: pieces.map((piece) => piece.content ?? '').join(''),
    thinking: pieces.map((piece) => piece.thinking ?? '').join(''),
    calls: pieces
      .flatMap((piece) => piece.toolCalls ?? [])
      .map(({ name, arguments: given }) => ({ name, arguments: given })),
  };
}

describe("parsers find what Ollama's find", () => {
  for (const parser of new Set(recorded.answers.map((answer) => answer.parser))) {
    test(`answers for ${parser}`, () => {
      for (const answer of recorded.answers.filter((candidate) => candidate.parser === parser)) {
        const { name, text, content, thinking, calls, withTools = false } = answer;
        const given = { ...answer, withTools };
        const expected = { content, thinking, calls };
        expect(parse(given, [text]), `${name}, think ${String(answer.think)}`).toEqual(expected);
        expect(parse(given, Array.from(text)), `${name}, think ${String(answer.think)}, by characters`).toEqual(
          expected,
        );
      }
    });
  }

  test('every parser is recorded, but for the second name of one', () => {
    const known = new Set(recorded.answers.map((answer) => answer.parser));
    expect(parserNames.filter((name) => !known.has(name))).toEqual(['ornith']);
  });
});

describe('where Ollama ends with an error or drops text, the text stays', () => {
  const nothing = { content: '', thinking: '', calls: [] };
  const cases: readonly (Given & {
    readonly name: string;
    readonly text: string;
    readonly expected: Partial<Parsed>;
  })[] = [
    {
      name: 'a call that is no JSON',
      parser: 'qwen3',
      text: 'a <tool_call>{"name": oops}</tool_call> b',
      expected: { content: 'a<tool_call>{"name": oops}</tool_call>b' },
    },
    {
      name: 'a call that was cut off',
      parser: 'qwen3',
      text: '<tool_call>{"name": "calc", "argu',
      expected: { content: '<tool_call>{"name": "calc", "argu' },
    },
    {
      name: 'a whole call without its closing tag is a call',
      parser: 'qwen3',
      text: '<tool_call>{"name": "calc", "arguments": {"i": 1}}',
      expected: { calls: [{ name: 'calc', arguments: { i: 1 } }] },
    },
    {
      name: 'the beginning of a tag at the end',
      parser: 'qwen3-coder',
      text: 'a <tool_c',
      expected: { content: 'a <tool_c' },
    },
    {
      name: 'a function that never closes',
      parser: 'qwen3-coder',
      text: '<tool_call><function=calc><parameter=i>1</tool_call>',
      expected: { content: '<tool_call><function=calc><parameter=i>1</tool_call>' },
    },
    {
      name: 'a broken call among good ones',
      parser: 'deepseek3',
      text: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>x<｜tool▁call▁end｜><｜tool▁call▁begin｜>calc<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      expected: {
        content: '<｜tool▁call▁begin｜>x<｜tool▁call▁end｜>',
        calls: [{ name: 'calc', arguments: {} }],
      },
    },
    {
      name: 'Python that is none',
      parser: 'olmo3',
      text: '<function_calls>calc(1, 2)</function_calls>',
      expected: { content: '<function_calls>calc(1, 2)</function_calls>' },
    },
    {
      name: 'a call without a name',
      parser: 'functiongemma',
      text: '<start_function_call>calc(1)<end_function_call>',
      expected: { content: '<start_function_call>calc(1)<end_function_call>' },
    },
    {
      name: 'a key without a value',
      parser: 'glm-4.7',
      think: false,
      text: '<tool_call>get_weather<arg_key>city</arg_key></tool_call>',
      expected: { content: '<tool_call>get_weather<arg_key>city</arg_key></tool_call>' },
    },
    {
      name: 'an argument that was cut off makes no call',
      parser: 'glm-4.7',
      think: false,
      text: '<tool_call>get_weather<arg_key>city</arg_key><arg_value>Par',
      expected: { content: '<tool_call>get_weather<arg_key>city</arg_key><arg_value>Par' },
    },
    {
      name: 'an object that was cut off makes no call',
      parser: 'gemma4',
      text: '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>',
      expected: { content: '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>' },
    },
    {
      name: 'thinking and a call at once',
      parser: 'ministral',
      text: '[THINK]hm[/THINK][TOOL_CALLS]get_weather[ARGS]{"city":"x"}',
      expected: { thinking: 'hm', calls: [{ name: 'get_weather', arguments: { city: 'x' } }] },
    },
    {
      name: 'two calls of gpt-oss',
      parser: 'harmony',
      text: '<|channel|>commentary to=functions.calc<|message|>{"i":1}<|end|><|start|>assistant<|channel|>commentary to=functions.calc<|message|>{"i":2}',
      expected: {
        calls: [
          { name: 'calc', arguments: { i: 1 } },
          { name: 'calc', arguments: { i: 2 } },
        ],
      },
    },
    { name: 'gpt-oss without its form', parser: 'harmony', text: 'Just text.', expected: { content: 'Just text.' } },
    {
      name: 'a number that would lose digits',
      parser: 'qwen3-coder',
      text: '<tool_call><function=calc><parameter=i>12345678901234567890</parameter></function></tool_call>',
      expected: { calls: [{ name: 'calc', arguments: { i: '12345678901234567890' } }] },
    },
  ];
  test.each(cases)('$name ($parser)', ({ text, expected, ...given }) => {
    expect(parse(given, [text])).toEqual({ ...nothing, ...expected });
    expect(parse(given, Array.from(text))).toEqual({ ...nothing, ...expected });
  });
});

describe('whatever a model writes', () => {
  const tags = new Set(parserNames.flatMap((name) => familyParser(name)?.visibleTokens ?? []));
  const fragments = Array.from(tags).concat([
    '<function=calc>',
    '</function>',
    '<parameter=i>',
    '</parameter>',
    'call:calc{',
    'calc(i=',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ')',
    ',',
    ':',
    ' ',
    '\n',
    '1',
    '가',
    '<',
    '\\',
    '{"name":"calc","arguments":{"i":1}}',
    'thought\n',
    '```json\n',
  ]);
  const answerText = fc
    .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...fragments) }, fc.string({ maxLength: 4 })), {
      maxLength: 30,
    })
    .map((parts) => parts.join(''));

  test.each(parserNames)('%s finds the same however it is cut', (parser) => {
    const property = fc.property(
      answerText,
      fc.array(fc.nat(40), { maxLength: 8 }),
      fc.constantFrom(true, false, undefined),
      (text, lengths, think) => {
        const parts: string[] = [];
        let rest = text;
        for (const length of lengths) {
          parts.push(rest.slice(0, length));
          rest = rest.slice(length);
        }
        expect(parse({ parser, think }, [...parts, rest])).toEqual(parse({ parser, think }, [text]));
      },
    );
    fc.assert(property, { numRuns: 400 });
  });

  test.each(parserNames)('%s takes a text of brackets that never close', (parser) => {
    const opener = familyParser(parser)?.visibleTokens.at(-1) ?? '';
    const text = opener + '[{('.repeat(20_000);
    expect(() => parse({ parser, think: true }, [text])).not.toThrow();
  });
});
