/** The two ways in which Mistral's models call, `[TOOL_CALLS][{…}, …]` and `[TOOL_CALLS]name[ARGS]{…}`; which one, a model was taught. */
import { choice, optional, sequence, text } from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { callList, callObject } from './json-call-syntax.ts';
import type { ToolCallSyntax } from './tool-call-syntax.ts';

const open = '[TOOL_CALLS]';

export const mistralSyntax: ToolCallSyntax = {
  triggers: [{ text: open, where: 'anywhere' }],
  block: (order) => {
    const { tools } = order;
    const named = tools.map((tool) => sequence(text(tool.name), optional(text('[ARGS]')), tool.arguments()));
    const list = sequence(optional(text(' ')), callList(order, callObject(order)));
    return sequence(text(open), choice([list, ...named]));
  },
  between: () => sequence(),
};
