/** GLM 4.5's calls: `<tool_call>name<arg_key>key</arg_key><arg_value>value</arg_value></tool_call>`. */
import { glmSyntax } from './marked-value-syntax.ts';
import { typedArgument } from './typed-argument.ts';
import { more } from './tool-call-shape.ts';
import type { BlockInput, BlockReading, ToolCallShape } from './tool-call-shape.ts';

const open = '<tool_call>';
const close = '</tool_call>';

export const glmShape: ToolCallShape = {
  openers: [open],
  startOpeners: [],
  closingCharacters: '>',
  specialTokens: [open, close, '<arg_key>', '</arg_key>', '<arg_value>', '</arg_value>'],
  syntax: glmSyntax,
  read: readGlm,
};

function readGlm({ text, tools }: BlockInput): BlockReading {
  const end = text.indexOf(close);
  if (end < 0) return more;
  const refused: BlockReading = { kind: 'text', endIndex: open.length };
  const [head = '', ...parts] = text.slice(open.length, end).split('<arg_key>');
  const name = head.trim();
  if (!/^[^\s<>{}"]+$/.test(name)) return refused;
  const found: [string, unknown][] = [];
  for (const part of parts) {
    const match = /^([^<]*)<\/arg_key>\s*<arg_value>([\s\S]*)<\/arg_value>\s*$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined) return refused;
    const key = match[1].trim();
    found.push([key, typedArgument(match[2], key, name, tools)]);
  }
  return { kind: 'calls', calls: [{ name, arguments: Object.fromEntries(found) }], endIndex: end + close.length };
}
