/** Calls as JSON objects, `{"name": …, "arguments": {…}}`, alone or in a list, behind a marker or bare. */
import {
  anyNumberOf,
  choice,
  type GrammarExpression,
  sequence,
  text,
} from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import type { CallHeads, CallOrder, CallTrigger, ToolCallSyntax } from './tool-call-syntax.ts';

export interface JsonCallSyntaxOptions {
  /** Stands before the JSON; empty when nothing marks a call. */
  readonly open: string;
  /** Stands behind it; may be empty. */
  readonly close: string;
  /** `single` objects, `list`s of them, or as the model likes. */
  readonly layout: 'single' | 'list' | 'either';
  readonly triggers: readonly CallTrigger[];
  /** Between two blocks. */
  readonly joint?: string;
}

export function createJsonCallSyntax(options: JsonCallSyntaxOptions): ToolCallSyntax {
  const { open, close, layout, triggers, joint } = options;
  return {
    triggers,
    heads: jsonHeads(open),
    block: (order) => {
      const { composer } = order;
      const space = open === '' ? sequence() : composer.space();
      const object = callObject(order);
      const single = layout === 'list' ? [] : [object];
      const list = layout === 'single' ? [] : [callList(order, object)];
      const end = close === '' ? [] : [composer.space(), text(close)];
      return sequence(text(open), space, choice([...single, ...list]), ...end);
    },
    between: (composer) =>
      layout === 'list' ? undefined : joint === undefined ? composer.space() : sequence(text(joint), composer.space()),
  };
}

/** Behind `open`, the object's name and the key of its arguments; in a list, behind the end of the object before. */
export function jsonHeads(open: string): CallHeads {
  const object = String.raw`\{\s*"name"\s*:\s*(?<json>"(?:[^"\\]|\\.)*")\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)`;
  const opener = open.replaceAll(/[^\w\s]/g, String.raw`\$&`);
  const list = open.endsWith('[') ? '' : String.raw`\[?\s*`;
  const isBare = open === '' || open === '[';
  return {
    first: new RegExp((isBare ? String.raw`^[\s;}\]]*` : '') + opener + String.raw`\s*${list}${object}`),
    next: new RegExp(String.raw`^\s*\}\s*,\s*${object}`),
    onlyAtStart: isBare,
  };
}

/** One call of any of the tools. Models say `arguments` or `parameters`, as they were taught; parsers know both. */
export function callObject({ composer, tools }: CallOrder): GrammarExpression {
  const space = composer.space();
  const key = choice([text('"arguments"'), text('"parameters"')]);
  const calls = tools.map((tool) =>
    sequence(text(`${JSON.stringify(tool.name)},`), space, key, text(':'), space, tool.arguments()),
  );
  return composer.define(sequence(text('{'), space, text('"name":'), space, choice(calls), space, text('}')));
}

export function callList({ composer, parallel }: CallOrder, object: GrammarExpression): GrammarExpression {
  const space = composer.space();
  const others = parallel ? [anyNumberOf(composer.define(sequence(text(','), space, object)))] : [];
  return sequence(text('['), space, object, ...others, space, text(']'));
}

/** `{` and the key of a call's name, as models write it. */
export const bareTriggers: readonly CallTrigger[] = ['{"name":', '{ "name":', '{\n  "name":'].map((begin) => ({
  text: begin,
  where: 'start',
}));

/** Hermes', and Qwen's since 2.5. */
export const taggedJsonSyntax = createJsonCallSyntax({
  open: '<tool_call>',
  close: '</tool_call>',
  layout: 'single',
  triggers: [{ text: '<tool_call>', where: 'anywhere' }],
});
