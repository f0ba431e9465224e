/**
 * Calls that put each argument between marks of its own, as Qwen3-Coder and GLM write them. Arguments come in the order of the schema.
 */
import { choice, sequence, text } from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { MarkedArgumentReader } from './marked-argument-reader.ts';
import { createMarkedArguments, type ValueMarks } from './notation/marked-notation.ts';
import type { ToolCallSyntax } from './tool-call-syntax.ts';

interface CallMarks extends ValueMarks {
  readonly open: string;
  readonly close: string;
  readonly beforeName: string;
  readonly afterName: string;
  readonly argumentsEnd: string;
  /** The head of a call, up to its arguments. */
  readonly head: RegExp;
}

export const qwenCoderSyntax = createMarkedValueSyntax({
  name: 'qwen-coder',
  open: '<tool_call>\n',
  close: '</tool_call>',
  beforeName: '<function=',
  afterName: '>\n',
  argumentsEnd: '</function>\n',
  head: /<function=(?<plain>[^>]+)>\n/,
  beforeKey: '<parameter=',
  afterKey: '>\n',
  valueEnd: '\n</parameter>',
  afterValue: '\n',
  reserved: ['</parameter>', '<parameter=', '</function>', '</tool_call>'],
  losesLineBreaks: false,
});

export const glmSyntax = createMarkedValueSyntax({
  name: 'glm',
  open: '<tool_call>',
  close: '</tool_call>',
  beforeName: '',
  afterName: '\n',
  argumentsEnd: '',
  head: /<tool_call>(?<plain>[^\n<]+)\n/,
  beforeKey: '<arg_key>',
  afterKey: '</arg_key>\n<arg_value>',
  valueEnd: '</arg_value>',
  afterValue: '\n',
  reserved: ['<arg_key>', '</arg_key>', '<arg_value>', '</arg_value>', '</tool_call>'],
  losesLineBreaks: true,
});

function createMarkedValueSyntax(marks: CallMarks): ToolCallSyntax {
  const notation = createMarkedArguments(marks);
  const readerMarks = { ...marks, end: marks.argumentsEnd.trimEnd() || marks.close };
  return {
    triggers: [{ text: marks.open.trimEnd(), where: 'anywhere' }],
    toolNames: /^[^\s<>{}"]+$/,
    heads: {
      first: marks.head,
      onlyAtStart: false,
      reader: (toolName, tools) => new MarkedArgumentReader(readerMarks, toolName, tools),
    },
    block: ({ tools }) => {
      const calls = tools.map((tool) =>
        sequence(
          text(`${marks.beforeName}${tool.name}${marks.afterName}`),
          tool.arguments(notation),
          text(marks.argumentsEnd),
        ),
      );
      return sequence(text(marks.open), choice(calls), text(marks.close));
    },
    between: (composer) => composer.space(),
  };
}
