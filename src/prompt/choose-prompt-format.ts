/**
 * Which of a model's templates makes its prompts. A Go template in the store was written for Ollama and wins, unless it is switched off or
 * the weights' own jinja template knows more: then using the Go template would take tools or thinking away from the model.
 */
import { chatmlFormat } from './chatml-format.ts';
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
}

/** Throws `template_failed` when the Go template can't be parsed. */
export function choosePromptFormat(templates: PromptTemplates): PromptFormat {
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
