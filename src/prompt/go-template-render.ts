/**
 * Go templates to prompts. A template that uses `.Messages` runs once over the conversation; an older one runs once for each turn and
 * is cut behind `.Response` in the last, where the model goes on writing. One that uses neither gets `.Response` at its end.
 *
 * In the last turn Ollama loses the functions it adds and the template's own definitions, so an old-style template with
 * `currentDate` or `define` fails there; here they work in every turn.
 */
import { cutAfterField } from '../formats/go-template/cut-after-field.ts';
import type { GoTemplate } from '../formats/go-template/go-template.ts';
import { executeGoTemplate, parseGoTemplate } from '../formats/go-template/go-template.ts';
import type { GoValue } from '../formats/go-template/go-value.ts';
import { goMap } from '../formats/go-template/go-value.ts';
import { TemplateBudget } from '../formats/go-template/template-limits.ts';
import { referencedNames } from '../formats/go-template/template-introspection.ts';
import type { ChatMessage, ThinkValue, Tool } from './chat-message.ts';
import { collateMessages, legacyTurns } from './go-template-collation.ts';
import { messagesValue, toolsValue } from './go-template-values.ts';

/** A parsed template with what has to be known of it before each run. */
export interface PromptTemplate {
  readonly template: GoTemplate;
  /** Lower case. */
  readonly names: ReadonlySet<string>;
}

/** Throws `template_failed`. */
export function parsePromptTemplate(source: string): PromptTemplate {
  const template = parseGoTemplate(source);
  const names = referencedNames(template);
  if (names.has('messages') || names.has('response')) return { template, names };
  const response = { kind: 'field', position: 0, names: ['Response'] } as const;
  const command = { kind: 'command', position: 0, operands: [response] } as const;
  const pipe = { kind: 'pipe', position: 0, declarations: [], isAssignment: false, commands: [command] } as const;
  const nodes = [...template.root.nodes, { kind: 'action', position: 0, pipe } as const];
  return { template: { ...template, root: { ...template.root, nodes } }, names };
}

export interface ConversationInput {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly Tool[];
  /** `undefined` reaches the template as not set. */
  readonly think: ThinkValue;
  readonly now: Date;
}

/** Throws `template_failed`. */
export function renderConversation({ template, names }: PromptTemplate, input: ConversationInput): string {
  const { system, messages } = collateMessages(input.messages);
  const budget = new TemplateBudget();
  const run = (part: GoTemplate, values: Readonly<Record<string, GoValue>>): string =>
    executeGoTemplate(part, goMap(Object.entries({ ...values, ...thinkValues(input.think) })), {
      now: input.now,
      budget,
    });
  if (names.has('messages')) {
    const tools = toolsValue(input.tools);
    return run(template, { System: system, Messages: messagesValue(messages), Tools: tools, Response: '' });
  }
  const turns = legacyTurns(messages);
  const texts = turns.map((turn, index) =>
    run(index === turns.length - 1 ? cutAfterField(template, 'Response') : template, {
      System: turn.system,
      Prompt: turn.prompt,
      Response: turn.response,
    }),
  );
  return texts.join('');
}

/** The fill-in-the-middle prompt. Throws `template_failed`. */
export function renderFill(
  { template }: PromptTemplate,
  input: { readonly prompt: string; readonly suffix: string; readonly think: ThinkValue; readonly now: Date },
): string {
  const { prompt, suffix, think, now } = input;
  const values = { Prompt: prompt, Suffix: suffix, Response: '', ...thinkValues(think) };
  return executeGoTemplate(template, goMap(Object.entries(values)), { now });
}

function thinkValues(think: ThinkValue): Readonly<Record<string, GoValue>> {
  const level = think === true ? 'medium' : think === undefined || think === false ? '' : think;
  return { Think: level !== '', ThinkLevel: level, IsThinkSet: think !== undefined };
}
