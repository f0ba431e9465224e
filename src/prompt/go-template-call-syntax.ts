/** How a model with a Go template calls, as far as the tag before its calls tells: JSON objects behind the tag, in a list where it opens one. */
import { bareTriggers, callList, callObject, createJsonCallSyntax, jsonHeads } from './tool-calls/json-call-syntax.ts';
import { sequence, text } from '../formats/json-schema-grammar/grammar/grammar-expression.ts';
import type { ToolCallSyntax } from './tool-calls/tool-call-syntax.ts';

export function goTemplateCallSyntax(tag: string): ToolCallSyntax {
  if (tag === '{') {
    return createJsonCallSyntax({ open: '', close: '', layout: 'single', triggers: bareTriggers });
  }
  if (tag.endsWith('[')) return listSyntax(tag);
  // Only what looks like an element has an end that can be guessed; the parser needs none.
  const element = /^<([\w|]+)>$/.exec(tag)?.[1];
  const close = element === undefined || element.includes('|') ? '' : `</${element}>`;
  return createJsonCallSyntax({ open: tag, close, layout: 'single', triggers: [{ text: tag, where: 'anywhere' }] });
}

/** The bracket at the end of the tag is that of the list. */
function listSyntax(tag: string): ToolCallSyntax {
  const before = tag.slice(0, -1);
  return {
    triggers: tag === '[' ? bareListTriggers : [{ text: tag, where: 'anywhere' }],
    heads: jsonHeads(tag),
    block: (order) => sequence(text(before), callList(order, callObject(order))),
    between: () => undefined,
  };
}

const bareListTriggers = bareTriggers.map(({ text: begin, where }) => ({ text: `[${begin}`, where }));
