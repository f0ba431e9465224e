/** A Go template, as Ollama's models carry one, as a prompt format. */
import { CorralError } from '../core/corral-error.ts';
import { findThinkTags, findToolCallTag } from '../formats/go-template/template-introspection.ts';
import type { ThinkValue } from './chat-message.ts';
import { createGoTemplateAnswerParser } from './go-template-answer-parser.ts';
import { goTemplateCallSyntax } from './go-template-call-syntax.ts';
import { parsePromptTemplate, renderConversation, renderFill } from './go-template-render.ts';
import type { Capability, PromptFormat } from './prompt-format.ts';
import { tagOnItsLine } from './think-tag-splitter.ts';
import { effectiveThink } from './think-value.ts';

/** Throws `template_failed` when the source can't be parsed. */
export function createGoTemplateFormat(source: string, currentDate: () => Date = () => new Date()): PromptFormat {
  const parsed = parsePromptTemplate(source);
  const thinkTags = findThinkTags(parsed.template);
  const toolTag = findToolCallTag(parsed.template);
  const capabilities: Capability[] = [];
  if (parsed.names.has('tools')) capabilities.push('tools');
  if (parsed.names.has('suffix')) capabilities.push('insert');
  if (thinkTags !== undefined) capabilities.push('thinking');
  const thinkFor = (think: ThinkValue): ThinkValue => effectiveThink(think, capabilities);
  return {
    kind: 'go-template',
    capabilities,
    render: ({ messages, tools, think }) =>
      renderConversation(parsed, { messages, tools, think: thinkFor(think), now: currentDate() }),
    renderInsert: (prompt, suffix) =>
      renderFill(parsed, { prompt, suffix, think: thinkFor(undefined), now: currentDate() }),
    answerParser: (input, prompt) => {
      const isThinking = Boolean(thinkFor(input.think));
      return createGoTemplateAnswerParser({ input, prompt, thinkTags: isThinking ? thinkTags : undefined, toolTag });
    },
    thinkingEnd: thinkTags && tagOnItsLine(thinkTags.close),
    callSyntax: goTemplateCallSyntax(toolTag),
    visibleSpecialTokens: [...new Set([...markers(toolTag), thinkTags?.open ?? '', thinkTags?.close ?? ''])].filter(
      (token) => token !== '' && token !== '{' && token !== '[',
    ),
  };
}

/** A tag may be several tokens, as in `[TOOL_CALLS] [`; each word of it may be a special one. */
const markers = (tag: string): readonly string[] => [tag, ...tag.split(/\s+/)];

/** Checks a template that is about to be stored; throws what Ollama answers to `create`. */
export function checkGoTemplate(source: string): void {
  try {
    parsePromptTemplate(source);
  } catch (thrown) {
    if (!(thrown instanceof CorralError)) throw thrown;
    throw new CorralError('template_failed', `template error: ${thrown.message}`, {
      status: 400,
      cause: thrown,
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    });
  }
}
