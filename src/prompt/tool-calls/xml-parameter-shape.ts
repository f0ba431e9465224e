/** Qwen3-Coder's calls: `<tool_call><function=name><parameter=key>value</parameter></function></tool_call>`; the outer tag is often left out. */
import type { Tool } from '../chat-message.ts';
import { skipSpace } from './json-extent.ts';
import { qwenCoderSyntax } from './marked-value-syntax.ts';
import { typedArgument } from './typed-argument.ts';
import { more } from './tool-call-shape.ts';
import type { BlockInput, BlockReading, ToolCallShape } from './tool-call-shape.ts';

const outerOpen = '<tool_call>';
const outerClose = '</tool_call>';
const functionOpen = '<function=';
const functionClose = '</function>';

export const xmlParameterShape: ToolCallShape = {
  openers: [outerOpen, functionOpen],
  startOpeners: [],
  closingCharacters: '>',
  specialTokens: [outerOpen, outerClose],
  syntax: qwenCoderSyntax,
  read: readFunction,
};

function readFunction({ text, ended, tools }: BlockInput): BlockReading {
  const wrapped = text.startsWith(outerOpen);
  const start = wrapped ? skipSpace(text, outerOpen.length) : 0;
  const refused: BlockReading = { kind: 'text', endIndex: wrapped ? outerOpen.length : functionOpen.length };
  if (!text.startsWith(functionOpen, start)) return functionOpen.startsWith(text.slice(start)) ? more : refused;
  const nameEnd = text.indexOf('>', start);
  if (nameEnd < 0) return more;
  const name = text.slice(start + functionOpen.length, nameEnd).trim();
  if (!/^[^\s<>"]+$/.test(name)) return refused;
  const end = text.indexOf(functionClose, nameEnd);
  if (end < 0) return more;
  const calls = [{ name, arguments: readParameters(text.slice(nameEnd + 1, end), name, tools) }];
  const innerEnd = end + functionClose.length;
  if (!wrapped) return { kind: 'calls', calls, endIndex: innerEnd };
  const closeStart = skipSpace(text, innerEnd);
  if (text.startsWith(outerClose, closeStart))
    return { kind: 'calls', calls, endIndex: closeStart + outerClose.length };
  // Without the outer end, the call still stands.
  const maybeClose = outerClose.startsWith(text.slice(closeStart));
  return maybeClose && !ended ? more : { kind: 'calls', calls, endIndex: innerEnd };
}

/** A parameter ends at its own end tag, or where the next one begins when the model forgot it. */
function readParameters(body: string, toolName: string, tools: readonly Tool[]): Record<string, unknown> {
  const found: [string, unknown][] = [];
  for (const part of body.split('<parameter=').slice(1)) {
    const keyEnd = part.indexOf('>');
    if (keyEnd < 0) continue;
    const key = part.slice(0, keyEnd).trim();
    const close = part.lastIndexOf('</parameter>');
    // The template puts each value on lines of its own: one line break on either side is not the value's.
    const value = part
      .slice(keyEnd + 1, close < keyEnd ? undefined : close)
      .replace(/^\n/, '')
      .replace(/\n$/, '');
    found.push([key, typedArgument(value, key, toolName, tools)]);
  }
  return Object.fromEntries(found);
}
