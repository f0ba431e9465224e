/**
 * What makes a model's prompts and reads its answers. A renderer or parser that its config names comes first. Of its templates, a Go template in the store was written for Ollama and wins, unless it is switched off or
 * the weights' own jinja template knows more: then using the Go template would take tools or thinking away from the model.
 */
import { chatmlFormat } from './chatml-format.ts';
import { createFamilyFormat } from './families/family-format.ts';
import { familyParser } from './families/family-parsers.ts';
import { familyRenderer } from './families/family-renderers.ts';
import { harmonyParser } from './families/parsing/harmony-parser.ts';
import { createGoTemplateFormat } from './go-template-format.ts';
import { createJinjaFormat } from './jinja-format.ts';
import { jinjaProgram } from './jinja-program.ts';
import type { PromptFormat } from './prompt-format.ts';

export interface PromptTemplates {
  /** The store's template layer. */
  readonly goTemplate: string | undefined;
  /** The GGUF's `tokenizer.chat_template`. */
  readonly jinja: string | undefined;
  readonly bosToken: string;
  readonly eosToken: string;
  /** See `JinjaFormatOptions`. Default true. */
  readonly addsBos?: boolean;
  /** `settings.goTemplate`. */
  readonly preferGoTemplate: boolean | undefined;
  /** The config's `renderer` and `parser`. An unknown renderer refuses every prompt, an unknown parser counts as none. */
  readonly renderer?: string | undefined;
  readonly parser?: string | undefined;
  /** The config's `model_family`. */
  readonly family?: string;
}

/** Throws `template_failed` when the Go template can't be parsed. */
export function choosePromptFormat(templates: PromptTemplates): PromptFormat {
  const { goTemplate, jinja, renderer, addsBos = true } = templates;
  const parser = (templates.parser && familyParser(templates.parser)) || harmonyFor(templates);
  if (renderer === undefined && parser === undefined) return chooseTemplate(templates);
  // With a parser of its own a model's Go template is used even where jinja knows more; without one jinja is better than no template.
  const base = goTemplate === undefined ? chooseTemplate(templates) : createGoTemplateFormat(goTemplate);
  const isGoActive = goTemplate !== undefined && templates.preferGoTemplate !== false;
  return createFamilyFormat({
    renderer: renderer === undefined ? undefined : familyRenderer(renderer),
    parser,
    base,
    baseCapabilities: isGoActive || (renderer === undefined && jinja !== undefined) ? base.capabilities : [],
    addsBos,
  });
}

/** gpt-oss answers in a form that no template shows in full; it is told by the family and the marks in the template. */
function harmonyFor({ goTemplate, jinja, family = '' }: PromptTemplates): typeof harmonyParser | undefined {
  const isHarmony = (source = ''): boolean => source.includes('<|start|>') && source.includes('<|end|>');
  const byGoTemplate = /^gpt-?oss$/.test(family) && isHarmony(goTemplate);
  const byJinja = goTemplate === undefined && isHarmony(jinja) && jinja?.includes('<|channel|>') === true;
  return byGoTemplate || byJinja ? harmonyParser : undefined;
}

function chooseTemplate(templates: PromptTemplates): PromptFormat {
  const { goTemplate, jinja, preferGoTemplate } = templates;
  if (jinja === undefined) return goTemplate === undefined ? chatmlFormat : createGoTemplateFormat(goTemplate);
  const { bosToken, eosToken, addsBos = true } = templates;
  const jinjaFormat = createJinjaFormat({ source: jinja, bosToken, eosToken, addsBos });
  if (goTemplate === undefined || preferGoTemplate === false) return jinjaFormat;
  const goFormat = createGoTemplateFormat(goTemplate);
  if (preferGoTemplate === true) return goFormat;
  const preferred = knowsMore({ source: jinja, format: jinjaFormat }, { source: goTemplate, format: goFormat });
  return preferred && canBeParsed(jinja) ? jinjaFormat : goFormat;
}

interface Candidate {
  readonly source: string;
  readonly format: PromptFormat;
}

/** More of tools and thinking without losing the round trip of tool calls; or the same with tools, where only jinja has the round trip. */
function knowsMore(jinja: Candidate, go: Candidate): boolean {
  const jinjaKnows = knows(jinja.format);
  const goKnows = knows(go.format);
  const keepsAll = goKnows.every((capability) => jinjaKnows.includes(capability));
  if (!keepsAll) return false;
  const jinjaRoundTrip = jinja.source.includes('tool_calls') && /['"]tool['"]|tool_response/.test(jinja.source);
  const goRoundTrip = go.source.includes('.ToolCalls') && /"tool"|\.ToolName|\.ToolCallID/.test(go.source);
  if (jinjaKnows.length > goKnows.length) return jinjaRoundTrip || !goRoundTrip;
  return jinjaKnows.includes('tools') && jinjaRoundTrip && !goRoundTrip;
}

function knows(format: PromptFormat): readonly string[] {
  return format.capabilities.filter((capability) => capability === 'tools' || capability === 'thinking');
}

function canBeParsed(jinja: string): boolean {
  try {
    jinjaProgram(jinja);
    return true;
  } catch {
    return false; // the Go template is there and works
  }
}
