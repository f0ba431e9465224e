/**
 * The prompt format of a model whose config names a renderer or a parser. What it doesn't name is done by the model's template: a renderer
 * alone leaves the answer to the template's own parser, a parser alone has the template make the prompt.
 */
import type { Capability, PromptFormat, RenderInput } from '../prompt-format.ts';
import { newCallId } from '../tool-calls/new-call-id.ts';
import type { FamilyParser } from './family-parser.ts';
import { familyParserName } from './family-parsers.ts';
import type { FamilyRenderer } from './family-renderer.ts';
import { toHarmonyTools } from './harmony-tool-names.ts';
import { harmonyParser } from './parsing/harmony-parser.ts';

export interface FamilyFormatOptions {
  readonly renderer: FamilyRenderer | undefined;
  readonly parser: FamilyParser | undefined;
  /** Made of the model's template. */
  readonly base: PromptFormat;
  /** What the template adds to the parser's capabilities. */
  readonly baseCapabilities: readonly Capability[];
  /** Whether the tokenizer puts BOS before every prompt by itself; then the renderer's goes, so that there is one. */
  readonly addsBos: boolean;
}

export function createFamilyFormat(options: FamilyFormatOptions): PromptFormat {
  const { renderer, parser, base, baseCapabilities, addsBos } = options;
  const isHarmony = parser === harmonyParser;
  const own: Capability[] = [
    ...(parser?.tools ? ['tools' as const] : []),
    ...(parser?.thinking ? ['thinking' as const] : []),
  ];
  const rendered = (input: RenderInput): string => {
    if (renderer === undefined) return base.render(isHarmony ? forHarmony(input) : input);
    const prompt = renderer.render(input);
    return addsBos && prompt.startsWith(renderer.bos) ? prompt.slice(renderer.bos.length) : prompt;
  };
  return {
    kind: 'family',
    capabilities: [...new Set([...baseCapabilities, ...own])],
    placesImages: renderer !== undefined,
    render: rendered,
    renderInsert: (prompt, suffix) => base.renderInsert(prompt, suffix),
    answerParser: (input, prompt) =>
      parser?.create({
        tools: input.tools,
        think: input.think,
        lastMessage: input.messages.at(-1),
        isPastThinking: prompt === '',
        newCallId,
      }) ?? base.answerParser(input, prompt),
    callless: parser === undefined || parser.tools ? undefined : familyParserName(parser),
    thinkingEnd: parser === undefined ? base.thinkingEnd : parser.thinkingEnd,
    callSyntax: parser === undefined ? base.callSyntax : parser.callSyntax,
    visibleSpecialTokens: parser?.visibleTokens ?? base.visibleSpecialTokens,
  };
}

/** gpt-oss knows three levels of thinking, and tools by names that are identifiers. */
function forHarmony(input: RenderInput): RenderInput {
  return { ...input, tools: toHarmonyTools(input.tools), think: input.think === 'max' ? 'high' : input.think };
}
