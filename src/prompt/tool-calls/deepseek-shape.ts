/**
 * DeepSeek's calls. V3 and R1: `<｜tool▁call▁begin｜>function<｜tool▁sep｜>name`, then the arguments in a fenced block; V3.1 and later:
 * `<｜tool▁call▁begin｜>name<｜tool▁sep｜>{…}`. One outer pair of markers stands around all calls.
 */
import { argumentsFrom } from './call-from-json.ts';
import { createDeepseekSyntax } from './deepseek-syntax.ts';
import { jsonExtent, skipSpace } from './json-extent.ts';
import { more } from './tool-call-shape.ts';
import type { BlockInput, BlockReading, ParsedCall, ToolCallShape } from './tool-call-shape.ts';

const outerOpen = '<｜tool▁calls▁begin｜>';
const outerClose = '<｜tool▁calls▁end｜>';
const open = '<｜tool▁call▁begin｜>';
const separator = '<｜tool▁sep｜>';
const close = '<｜tool▁call▁end｜>';

export const deepseekShape: ToolCallShape = {
  openers: [outerOpen, open],
  startOpeners: [],
  closingCharacters: '>}',
  specialTokens: [outerOpen, outerClose, open, separator, close],
  syntax: createDeepseekSyntax(['plain', 'fenced']),
  read: readDeepseek,
};

/** The whole outer block, or a single call where the outer opener was left out. */
function readDeepseek({ text, ended }: BlockInput): BlockReading {
  const outer = text.startsWith(outerOpen);
  const refused: BlockReading = { kind: 'text', endIndex: outer ? outerOpen.length : open.length };
  const calls: ParsedCall[] = [];
  let index = outer ? skipSpace(text, outerOpen.length) : 0;
  while (true) {
    if (outer && calls.length > 0 && text.startsWith(outerClose, index)) {
      return { kind: 'calls', calls, endIndex: index + outerClose.length };
    }
    const rest = text.slice(index, index + open.length);
    if (!rest.startsWith(open)) {
      if (ended && rest === '' && calls.length > 0) return { kind: 'calls', calls, endIndex: index };
      return open.startsWith(rest) || (outer && outerClose.startsWith(rest)) ? more : refused;
    }
    const one = readOne(text, index, ended);
    if (one === 'more') return more;
    if (one === 'bad') return refused;
    calls.push(one.call);
    if (!outer) return { kind: 'calls', calls, endIndex: one.endIndex };
    index = skipSpace(text, one.endIndex);
  }
}

function readOne(text: string, start: number, ended: boolean): { call: ParsedCall; endIndex: number } | 'more' | 'bad' {
  const separatorAt = text.indexOf(separator, start);
  const brace = separatorAt < 0 ? -1 : text.indexOf('{', separatorAt);
  if (brace < 0) return 'more';
  const before = text.slice(start + open.length, separatorAt).trim();
  const between = text.slice(separatorAt + separator.length, brace);
  const name = (between.trim() === '' ? before : between.replace(/```(?:json)?\s*$/, '')).trim();
  if (!/^[\w.-]+$/.test(name)) return 'bad';
  const jsonEnd = jsonExtent(text, brace);
  if (typeof jsonEnd === 'string') return jsonEnd;
  const callArguments = argumentsFrom(text.slice(brace, jsonEnd));
  if (callArguments === undefined) return 'bad';
  let index = skipSpace(text, jsonEnd);
  if (text.startsWith('```', index)) index = skipSpace(text, index + 3);
  const rest = text.slice(index, index + close.length);
  const call = { name, arguments: callArguments };
  if (rest === close) return { call, endIndex: index + close.length };
  if (ended && rest === '') return { call, endIndex: text.length };
  return close.startsWith(rest) || '```'.startsWith(rest) ? 'more' : 'bad';
}
