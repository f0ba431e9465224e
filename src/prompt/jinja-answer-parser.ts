/** An answer in two stages: thinking is split off first, tool calls are sought in what is left, so that a call a model only thinks about is none. */
import type { TagPair } from './jinja-capabilities.ts';
import type { AnswerParser, AnswerPiece, RenderInput } from './prompt-format.ts';
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
  return chain(splitter ?? passThrough, scanner ?? passThrough);
}

/** The second parser gets the first one's content. */
function chain(first: AnswerParser, second: AnswerParser): AnswerParser {
  const onward = (pieces: AnswerPiece[]): AnswerPiece[] =>
    pieces.flatMap((piece) => {
      const { content, ...rest } = piece;
      const own: AnswerPiece[] = Object.keys(rest).length > 0 ? [rest] : [];
      return content === undefined ? own : [...own, ...second.push(content)];
    });
  return {
    push: (text) => onward(first.push(text)),
    end: () => [...onward(first.end()), ...second.end()],
  };
}

const passThrough: AnswerParser = {
  push: (text) => (text === '' ? [] : [{ content: text }]),
  end: () => [],
};
