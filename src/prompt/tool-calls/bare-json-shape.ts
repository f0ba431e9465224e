/**
 * Llama 3's calls: the whole answer is `{"name": …, "parameters": …}`, at times behind `<|python_tag|>`, several joined by `;`.
 * Nothing marks such an answer as a call, so it counts only at the start and only when it names a tool of the request.
 * Also the shape for templates that know tools and show none of the other ways.
 */
import type { Tool } from '../chat-message.ts';
import { callsFromJson } from './call-from-json.ts';
import { bareTriggers, createJsonCallSyntax } from './json-call-syntax.ts';
import { jsonExtent, skipSpace } from './json-extent.ts';
import { more } from './tool-call-shape.ts';
import type { BlockInput, BlockReading, ParsedCall, ToolCallShape } from './tool-call-shape.ts';

const pythonTag = '<|python_tag|>';
const firstKeys = new Set(['name', 'type', 'function', 'parameters', 'arguments', 'id']);

export const bareJsonShape: ToolCallShape = {
  openers: [pythonTag],
  startOpeners: ['{'],
  closingCharacters: '}"',
  specialTokens: [pythonTag],
  syntax: createJsonCallSyntax({ open: '', close: '', layout: 'single', joint: ';', triggers: bareTriggers }),
  read: readBareJson,
};

function readBareJson({ text, tools }: BlockInput): BlockReading {
  const tagged = text.startsWith(pythonTag);
  const refused: BlockReading = { kind: 'text', endIndex: tagged ? pythonTag.length : 1 };
  const start = tagged ? skipSpace(text, pythonTag.length) : 0;
  if (start === text.length) return more;
  if (text[start] !== '{') return refused;
  // A JSON answer that is no call should not wait for its end: its first key tells.
  const firstKey = /^\{\s*"([^"\\]*)"/.exec(text.slice(start, start + 256))?.[1];
  if (firstKey === undefined) return mayBecomeKey(text, start) ? more : refused;
  if (!firstKeys.has(firstKey)) return refused;
  const end = jsonExtent(text, start);
  if (end === 'more') return more;
  if (end === 'bad') return refused;
  const calls = callsFromJson(text.slice(start, end));
  return calls === undefined || !calls.every((call) => isDeclared(call, tools))
    ? refused
    : { kind: 'calls', calls, endIndex: end };
}

function mayBecomeKey(text: string, start: number): boolean {
  return text.length < start + 256 && /^\{\s*(?:"[^"\\]*)?$/.test(text.slice(start));
}

function isDeclared(call: ParsedCall, tools: readonly Tool[]): boolean {
  return tools.some((tool) => tool.function.name === call.name);
}
