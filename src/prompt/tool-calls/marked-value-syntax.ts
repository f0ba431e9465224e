/**
 * Calls that put each argument between marks of its own, as Qwen3-Coder and GLM write them. Names are bound; a value of type string is any text
 * up to its closing mark, another one is JSON by its schema. Arguments come in the order of the schema.
 */
import {
  choice,
  type GrammarExpression,
  optional,
  sequence,
  text,
} from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { isRecord } from './call-from-json.ts';
import type { CallableTool, CallOrder, ToolCallSyntax } from './tool-call-syntax.ts';

interface Marks {
  readonly open: string;
  readonly close: string;
  readonly beforeName: string;
  readonly afterName: string;
  readonly argumentsEnd: string;
  readonly beforeKey: string;
  readonly afterKey: string;
  readonly valueEnd: string;
  readonly afterValue: string;
  /** Beside `valueEnd`, texts that a value can't hold, since a parser would take them for marks. */
  readonly reserved: readonly string[];
}

export const qwenCoderSyntax = createMarkedValueSyntax({
  open: '<tool_call>\n',
  close: '</tool_call>',
  beforeName: '<function=',
  afterName: '>\n',
  argumentsEnd: '</function>\n',
  beforeKey: '<parameter=',
  afterKey: '>\n',
  valueEnd: '\n</parameter>',
  afterValue: '\n',
  reserved: ['</parameter>', '<parameter=', '</function>', '</tool_call>'],
});

export const glmSyntax = createMarkedValueSyntax({
  open: '<tool_call>',
  close: '</tool_call>',
  beforeName: '',
  afterName: '\n',
  argumentsEnd: '',
  beforeKey: '<arg_key>',
  afterKey: '</arg_key>\n<arg_value>',
  valueEnd: '</arg_value>',
  afterValue: '\n',
  reserved: ['<arg_key>', '</arg_key>', '<arg_value>', '</tool_call>'],
});

function createMarkedValueSyntax(marks: Marks): ToolCallSyntax {
  return {
    triggers: [{ text: marks.open.trimEnd(), where: 'anywhere' }],
    block: (order) => {
      const calls = order.tools.map((tool) => callOf(tool, order, marks));
      return sequence(text(marks.open), choice(calls), text(marks.close));
    },
    between: (composer) => composer.space(),
  };
}

function callOf(tool: CallableTool, order: CallOrder, marks: Marks): GrammarExpression {
  const parameters = tool.tool.function.parameters ?? {};
  const properties = isRecord(parameters['properties']) ? parameters['properties'] : {};
  const { required } = parameters;
  const values = Object.entries(properties).map(([key, schema]) => {
    const head = text(`${marks.beforeKey}${key}${marks.afterKey}`);
    const value = isRecord(schema) ? valueOf(tool, key, schema, order, marks) : jsonValue(tool, key, marks);
    const whole = order.composer.define(sequence(head, value, text(marks.afterValue)));
    return Array.isArray(required) && required.includes(key) ? whole : optional(whole);
  });
  return sequence(text(`${marks.beforeName}${tool.name}${marks.afterName}`), ...values, text(marks.argumentsEnd));
}

function valueOf(
  tool: CallableTool,
  key: string,
  schema: Readonly<Record<string, unknown>>,
  { composer }: CallOrder,
  marks: Marks,
): GrammarExpression {
  const types: readonly unknown[] = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  if (!types.includes('string')) return jsonValue(tool, key, marks);
  const named = Array.isArray(schema['enum']) ? (schema['enum'] as readonly unknown[]) : [schema['const']];
  const allowed = named.filter((value) => typeof value === 'string');
  if (allowed.length === 0)
    return composer.textUntil(
      marks.valueEnd,
      marks.reserved.filter((word) => !marks.valueEnd.endsWith(word)),
    );
  return sequence(choice(allowed.map((value) => text(value))), text(marks.valueEnd));
}

function jsonValue(tool: CallableTool, key: string, marks: Marks): GrammarExpression {
  return sequence(tool.argument(key), text(marks.valueEnd));
}
