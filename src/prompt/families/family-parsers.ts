/** The parsers by the names that models' configs use. */
import type { FamilyParser } from './family-parser.ts';
import { cogitoParser, deepseek3Parser } from './parsing/deepseek-parser.ts';
import { functionGemmaParser } from './parsing/functiongemma-parser.ts';
import { createGemma4Parser } from './parsing/gemma4-parser.ts';
import { glm47Parser } from './parsing/glm-parser.ts';
import { harmonyParser } from './parsing/harmony-parser.ts';
import { ministralParser } from './parsing/ministral-parser.ts';
import { olmo3ThinkParser } from './parsing/olmo3-think-parser.ts';
import { passthroughParser } from './parsing/passthrough-parser.ts';
import { createLfm2Parser, olmo3Parser } from './parsing/python-call-parsers.ts';
import { qwen35Parser, qwen3CoderParser } from './parsing/qwen3-coder-parser.ts';
import { createQwen3Parser, createQwen3VlParser } from './parsing/qwen3-parser.ts';

const parsers: ReadonlyMap<string, FamilyParser> = new Map([
  ['qwen3', createQwen3Parser({ thinks: false })],
  ['qwen3-thinking', createQwen3Parser({ thinks: true })],
  ['qwen3.5', qwen35Parser],
  ['ornith', qwen35Parser],
  ['qwen3-coder', qwen3CoderParser],
  ['qwen3-vl-instruct', createQwen3VlParser({ thinks: false })],
  ['qwen3-vl-thinking', createQwen3VlParser({ thinks: true })],
  ['ministral', ministralParser],
  ['passthrough', passthroughParser],
  ['harmony', harmonyParser],
  ['cogito', cogitoParser],
  ['deepseek3', deepseek3Parser],
  ['olmo3', olmo3Parser],
  ['olmo3-think', olmo3ThinkParser],
  ['functiongemma', functionGemmaParser],
  ['glm-4.7', glm47Parser],
  ['gemma4', createGemma4Parser({ thinks: true })],
  ['gemma4-no-thinking', createGemma4Parser({ thinks: false })],
  ['lfm2', createLfm2Parser({ thinks: false })],
  ['lfm2-thinking', createLfm2Parser({ thinks: true })],
]);

export const parserNames: readonly string[] = [...parsers.keys()];

/** undefined for a parser that has none. */
export function familyParserName(parser: FamilyParser): string | undefined {
  return [...parsers].find(([, each]) => each === parser)?.[0];
}

/** undefined for an unknown name, which counts as none. */
export const familyParser = (name: string): FamilyParser | undefined => parsers.get(name);
