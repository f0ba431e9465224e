/** JSON between two markers: `<tool_call>{"name": …, "arguments": …}</tool_call>` and its relatives. */
import { callsFromJson } from './call-from-json.ts';
import { createJsonCallSyntax } from './json-call-syntax.ts';
import { jsonExtent, skipSpace } from './json-extent.ts';
import { more } from './tool-call-shape.ts';
import type { BlockInput, BlockReading, ToolCallShape } from './tool-call-shape.ts';

export interface JsonMarkers {
  readonly open: string;
  /** Empty when the JSON's own end is the end. */
  readonly close: string;
  /** How models write their JSON there. */
  readonly layout: 'single' | 'list' | 'either';
}

export function createTaggedJsonShape(markers: JsonMarkers): ToolCallShape {
  return {
    openers: [markers.open],
    startOpeners: [],
    closingCharacters: '>}]',
    specialTokens: [markers.open, markers.close].filter((marker) => marker !== ''),
    syntax: createJsonCallSyntax({
      ...markers,
      triggers: [{ text: markers.open, where: 'anywhere' }],
    }),
    read: (block) => readTagged(block, markers),
  };
}

function readTagged({ text, ended }: BlockInput, { open, close }: JsonMarkers): BlockReading {
  const start = skipSpace(text, open.length);
  if (start === text.length) return more;
  if (text[start] !== '{' && text[start] !== '[') return { kind: 'text', endIndex: open.length };
  const end = jsonExtent(text, start);
  if (end === 'more') return more;
  if (end === 'bad') return { kind: 'text', endIndex: open.length };
  const calls = callsFromJson(text.slice(start, end));
  if (calls === undefined) return { kind: 'text', endIndex: open.length };
  if (close === '') return { kind: 'calls', calls, endIndex: end };
  // The marker must follow; an answer may also just stop after the JSON.
  const closeStart = skipSpace(text, end);
  const rest = text.slice(closeStart, closeStart + close.length);
  if (rest === close) return { kind: 'calls', calls, endIndex: closeStart + close.length };
  if (!close.startsWith(rest)) return { kind: 'text', endIndex: open.length };
  return ended && rest === '' ? { kind: 'calls', calls, endIndex: text.length } : more;
}
