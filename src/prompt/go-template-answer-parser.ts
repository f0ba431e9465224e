/** The answer of a model with a Go template: thinking is split off first, tool calls are sought in the rest. */
import type { ThinkTags } from '../formats/go-template/template-introspection.ts';
import { createGoTemplateToolParser } from './go-template-tool-parser.ts';
import type { AnswerParser, AnswerPiece, RenderInput } from './prompt-format.ts';
import { createThinkTagSplitter } from './think-tag-splitter.ts';
import { newCallId } from './tool-calls/new-call-id.ts';

export interface GoTemplateAnswerOptions {
  readonly input: RenderInput;
  readonly prompt: string;
  /** `undefined` when thinking is off or the template shows no tags. */
  readonly thinkTags: ThinkTags | undefined;
  readonly toolTag: string;
}

export function createGoTemplateAnswerParser(options: GoTemplateAnswerOptions): AnswerParser {
  const { input, prompt, thinkTags, toolTag } = options;
  const thinking =
    thinkTags && createThinkTagSplitter({ ...thinkTags, startsInside: prompt.trimEnd().endsWith(thinkTags.open) });
  const calls =
    input.tools.length > 0 ? createGoTemplateToolParser({ tag: toolTag, tools: input.tools, newCallId }) : undefined;
  return new TwoStageParser(thinking ?? passThrough, calls ?? passThrough);
}

class TwoStageParser implements AnswerParser {
  readonly #first: AnswerParser;
  readonly #second: AnswerParser;

  constructor(first: AnswerParser, second: AnswerParser) {
    this.#first = first;
    this.#second = second;
  }

  push(text: string): AnswerPiece[] {
    return this.#onward(this.#first.push(text));
  }

  end(): AnswerPiece[] {
    return [...this.#onward(this.#first.end()), ...this.#second.end()];
  }

  #onward(pieces: readonly AnswerPiece[]): AnswerPiece[] {
    return pieces.flatMap((piece) => (piece.content === undefined ? [piece] : this.#second.push(piece.content)));
  }
}

const passThrough: AnswerParser = {
  push: (text) => (text === '' ? [] : [{ content: text }]),
  end: () => [],
};
