/** The answer of a model with a Go template: thinking is split off first, tool calls are sought in the rest. */
import type { ThinkTags } from '../formats/go-template/template-introspection.ts';
import { chainParsers, contentParser } from './chain-parsers.ts';
import { createGoTemplateToolParser } from './go-template-tool-parser.ts';
import type { AnswerParser, RenderInput } from './prompt-format.ts';
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
  return chainParsers(thinking ?? contentParser, calls ?? contentParser);
}
