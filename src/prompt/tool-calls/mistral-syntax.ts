/** The two ways in which Mistral's models call, `[TOOL_CALLS][{…}, …]` and `[TOOL_CALLS]name[ARGS]{…}`; which one, a model was taught. */
import { choice, optional, sequence, text } from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { callList, callObject, jsonHeads } from './json-call-syntax.ts';
import type { ToolCallSyntax } from './tool-call-syntax.ts';

const open = '[TOOL_CALLS]';
const list = jsonHeads(open);

export const mistralSyntax: ToolCallSyntax = {
  triggers: [{ text: open, where: 'anywhere' }],
  heads: {
    first: new RegExp(String.raw`${list.first.source}|\[TOOL_CALLS\]\s*(?<plain>[^\s{[\]]+)(?:\[ARGS\])?\s*(?=\{)`),
    ...(list.next && { next: list.next }),
    onlyAtStart: false,
  },
  block: (order) => {
    const { tools } = order;
    const named = tools.map((tool) => sequence(text(tool.name), optional(text('[ARGS]')), tool.arguments()));
    const listed = sequence(optional(text(' ')), callList(order, callObject(order)));
    return sequence(text(open), choice([listed, ...named]));
  },
  between: () => sequence(),
};
