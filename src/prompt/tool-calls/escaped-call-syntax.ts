/** The calls of Gemma 4 and FunctionGemma: `call:name{…}` between two marks. */
import { choice, sequence, text } from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { createEscapedNotation } from './notation/escaped-notation.ts';
import type { ToolCallSyntax } from './tool-call-syntax.ts';

export interface EscapedCallOptions {
  readonly name: string;
  readonly open: string;
  readonly close: string;
  readonly quote: string;
}

function createEscapedCallSyntax({ name, open, close, quote }: EscapedCallOptions): ToolCallSyntax {
  const notation = createEscapedNotation({ name, quote, callEnd: close });
  return {
    triggers: [{ text: open, where: 'anywhere' }],
    toolNames: /^[^\s{}<>|]+$/,
    block: ({ tools }) => {
      const calls = tools.map((tool) => sequence(text(tool.name), tool.arguments(notation)));
      return sequence(text(`${open}call:`), choice(calls), text(close));
    },
    between: () => sequence(),
  };
}

export const gemma4Syntax = createEscapedCallSyntax({
  name: 'gemma',
  open: '<|tool_call>',
  close: '<tool_call|>',
  quote: '<|"|>',
});

export const functionGemmaSyntax = createEscapedCallSyntax({
  name: 'functiongemma',
  open: '<start_function_call>',
  close: '<end_function_call>',
  quote: '<escape>',
});
