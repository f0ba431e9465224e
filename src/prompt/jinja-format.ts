/**
 * The chat template that a GGUF carries, behind the interface of all prompt formats.
 *
 * What such a template can take is found out by trying it (`jinja-traits.ts`), as llama.cpp does, so a conversation with a system
 * message also works where the template knows no system role. Nothing is parsed before the first prompt: a model whose
 * template is broken can still be shown, embed, and complete raw prompts.
 */
import { CorralError } from '../core/corral-error.ts';
import type { ThinkValue } from './chat-message.ts';
import { createJinjaAnswerParser } from './jinja-answer-parser.ts';
import { jinjaCapabilities, thinkingTagsOf } from './jinja-capabilities.ts';
import { toJinjaMessages } from './jinja-messages.ts';
import type { JinjaTraits } from './jinja-messages.ts';
import { TemplateRefusal, jinjaProgram } from './jinja-program.ts';
import { jinjaTraits } from './jinja-traits.ts';
import { jinjaVariables } from './jinja-variables.ts';
import type { PromptFormat, RenderInput } from './prompt-format.ts';
import { tagOnItsLine } from './think-tag-splitter.ts';
import { chooseToolCallShape } from './tool-calls/choose-tool-call-shape.ts';
import { newCallId } from './tool-calls/new-call-id.ts';

export interface JinjaFormatOptions {
  readonly source: string;
  /** Texts of the vocabulary's special tokens; empty when it has none. */
  readonly bosToken: string;
  readonly eosToken: string;
  /**
   * Whether the tokenizer puts BOS before every prompt by itself (GGUF `tokenizer.ggml.add_bos_token`). Then a BOS that the template
   * prints first is taken off, so that there is one. Must be false where it does not: SmolLM2's BOS is `<|im_start|>`,
   * and taking that off would break the first turn. Default true.
   */
  readonly addsBos?: boolean;
  readonly now?: () => Date;
  readonly newCallId?: () => string;
}

/** Never throws; a source that is no jinja throws `template_failed` at the first `render`. */
export function createJinjaFormat(options: JinjaFormatOptions): PromptFormat {
  const { source } = options;
  const capabilities = jinjaCapabilities(source);
  const tags = thinkingTagsOf(source);
  const shape = chooseToolCallShape(source);
  const markers = [
    ...(tags === undefined ? [] : [tags.open, tags.close]),
    ...(capabilities.includes('tools') ? shape.specialTokens : []),
  ];
  return {
    kind: 'jinja',
    capabilities,
    render: (input) => withoutBos(renderConversation(input, options), options),
    renderInsert() {
      throw new CorralError('not_supported', 'this model does not support insert', {
        hint: 'Use a model whose template knows suffixes.',
      });
    },
    answerParser: (input, prompt) =>
      createJinjaAnswerParser({ input, prompt, tags, shape, newCallId: options.newCallId ?? newCallId }),
    thinkingEnd: tags && tagOnItsLine(tags.close),
    callSyntax: shape.syntax,
    visibleSpecialTokens: [...new Set(markers)],
  };
}

function renderConversation(input: RenderInput, options: JinjaFormatOptions): string {
  const program = jinjaProgram(options.source);
  const traits = jinjaTraits(program, options.source);
  const render = (given: JinjaTraits): string =>
    program.render(
      jinjaVariables({
        messages: toJinjaMessages(input.messages, given),
        tools: input.tools,
        think: thinkLevel(input.think, options.source),
        bosToken: options.bosToken,
        eosToken: options.eosToken,
      }),
      options.now,
    );
  try {
    return render(traits);
  } catch (error) {
    // Some templates take one system message at the start and refuse any other.
    const refused = error instanceof CorralError && error.cause instanceof TemplateRefusal;
    const canFold = traits.systemRole && input.messages.some((message) => message.role === 'system');
    if (!refused || !canFold) throw error;
    try {
      return render({ ...traits, systemRole: false });
    } catch {
      throw error; // the refusal was not about system messages: the template's first word stands
    }
  }
}

/** gpt-oss knows three levels; Ollama gives it `high` for `max`. */
function thinkLevel(think: ThinkValue, source: string): ThinkValue {
  return think === 'max' && source.includes('<|channel|>') ? 'high' : think;
}

function withoutBos(prompt: string, { bosToken, addsBos = true }: JinjaFormatOptions): string {
  return addsBos && bosToken !== '' && prompt.startsWith(bosToken) ? prompt.slice(bosToken.length) : prompt;
}
