/** An answer in two stages: thinking is split off first, tool calls are sought in what is left, so that a call a model only thinks about is none. */
import { chainParsers, contentParser } from './chain-parsers.ts';
import type { TagPair } from './jinja-capabilities.ts';
import type { AnswerParser, RenderInput } from './prompt-format.ts';
import { createThinkTagSplitter } from './think-tag-splitter.ts';
import { createToolCallScanner } from './tool-calls/tool-call-scanner.ts';
import type { ToolCallShape } from './tool-calls/tool-call-shape.ts';

export interface JinjaAnswerParserOptions {
  readonly input: RenderInput;
  readonly prompt: string;
  readonly tags: TagPair | undefined;
  readonly shape: ToolCallShape;
  readonly newCallId: () => string;
}

export function createJinjaAnswerParser(options: JinjaAnswerParserOptions): AnswerParser {
  const { input, tags } = options;
  const startsInside = tags !== undefined && options.prompt.trimEnd().endsWith(tags.open);
  // A template that opens the thinking whatever it is told gets it closed here too, else it would end up in the content.
  const thinks = tags !== undefined && (startsInside || input.think !== false);
  const splitter = thinks ? createThinkTagSplitter({ ...tags, startsInside }) : undefined;
  const scanner =
    input.tools.length > 0
      ? createToolCallScanner({ shape: options.shape, tools: input.tools, newCallId: options.newCallId })
      : undefined;
  return chainParsers(splitter ?? contentParser, scanner ?? contentParser);
}
