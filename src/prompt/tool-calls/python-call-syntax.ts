/** Calls in the manner of Python between two marks, as OLMo 3 (a line for each) and LFM2 (a list) write them. */
import {
  anyNumberOf,
  choice,
  optional,
  sequence,
  text,
} from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { createPythonArguments } from './notation/python-notation.ts';
import type { ToolCallSyntax } from './tool-call-syntax.ts';

export interface PythonCallOptions {
  readonly open: string;
  readonly close: string;
  /** Around the calls and between two of them. */
  readonly list: { readonly open: string; readonly close: string; readonly separators: readonly string[] };
  readonly unescapesStrings: boolean;
}

function createPythonCallSyntax({ open, close, list, unescapesStrings }: PythonCallOptions): ToolCallSyntax {
  const notation = createPythonArguments({ callsEnd: close, unescapesStrings });
  return {
    triggers: [{ text: open, where: 'anywhere' }],
    toolNames: /^[\w.-]+$/,
    block: ({ composer, tools, parallel }) => {
      const call = composer.define(choice(tools.map((tool) => sequence(text(tool.name), tool.arguments(notation)))));
      const separator = choice(list.separators.map(text));
      const others = parallel ? [anyNumberOf(composer.define(sequence(separator, call)))] : [];
      // OLMo's marks stand on lines of their own at times.
      const line = list.open === '' ? optional(text('\n')) : sequence();
      return sequence(text(open + list.open), line, call, ...others, line, text(list.close + close));
    },
    between: () => undefined,
  };
}

export const olmo3Syntax = createPythonCallSyntax({
  open: '<function_calls>',
  close: '</function_calls>',
  list: { open: '', close: '', separators: ['\n'] },
  unescapesStrings: true,
});

export const lfm2Syntax = createPythonCallSyntax({
  open: '<|tool_call_start|>',
  close: '<|tool_call_end|>',
  list: { open: '[', close: ']', separators: [',', ', '] },
  unescapesStrings: false,
});
