/** Mistral's calls: `[TOOL_CALLS][{"name": …, "arguments": …}, …]`, and since late 2024 `[TOOL_CALLS]name[CALL_ID]id[ARGS]{…}` for each. */
import { callsFromJson, argumentsFrom } from './call-from-json.ts';
import { jsonExtent, skipSpace } from './json-extent.ts';
import { mistralSyntax } from './mistral-syntax.ts';
import { more } from './tool-call-shape.ts';
import type { BlockInput, BlockReading, ToolCallShape } from './tool-call-shape.ts';

const open = '[TOOL_CALLS]';
/** A tool's name, as the OpenAI API allows it; a Mistral answer with more before its arguments is no call. */
const maxHeadLength = 256;

export const mistralShape: ToolCallShape = {
  openers: [open],
  startOpeners: [],
  closingCharacters: ']}',
  specialTokens: [open, '[ARGS]', '[CALL_ID]'],
  syntax: mistralSyntax,
  read: readMistral,
};

function readMistral({ text }: BlockInput): BlockReading {
  const refused: BlockReading = { kind: 'text', endIndex: open.length };
  const start = skipSpace(text, open.length);
  if (start === text.length) return more;
  if (text[start] === '[' || text[start] === '{') {
    const end = jsonExtent(text, start);
    if (end === 'more') return more;
    const calls = end === 'bad' ? undefined : callsFromJson(text.slice(start, end));
    return calls === undefined || end === 'bad' ? refused : { kind: 'calls', calls, endIndex: end };
  }
  const brace = text.indexOf('{', start);
  const headEnd = brace < 0 ? text.length : brace;
  if (headEnd - start > maxHeadLength) return refused;
  if (brace < 0) return more;
  const name = /^([\w.-]+)\s*(?:\[CALL_ID\][^[\]{]*)?(?:\[ARGS\])?\s*$/.exec(text.slice(start, brace))?.[1];
  if (name === undefined) return refused;
  const end = jsonExtent(text, brace);
  if (end === 'more') return more;
  const callArguments = end === 'bad' ? undefined : argumentsFrom(text.slice(brace, end));
  if (callArguments === undefined || end === 'bad') return refused;
  return { kind: 'calls', calls: [{ name, arguments: callArguments }], endIndex: end };
}
