/** The `template` of a /api/generate request, which stands in for the model's own. */
import type { ChatMessage, ThinkValue } from './chat-message.ts';
import { parsePromptTemplate, renderConversation, renderFill } from './go-template-render.ts';

export interface GenerateTemplateInput {
  /** The request's, else the model's; empty or absent for none. */
  readonly system?: string;
  readonly prompt: string;
  readonly suffix?: string;
  /** What comes between system and prompt: the model's own messages, unless the request brought a `context`. */
  readonly messages?: readonly ChatMessage[];
  /** Of the user's message. */
  readonly images?: readonly string[];
  /** With the model's default already put in. */
  readonly think?: ThinkValue;
  readonly now?: Date;
}

/** Throws `template_failed` with Go's text, status 500 as Ollama has it. */
export function renderGenerateTemplate(source: string, input: GenerateTemplateInput): string {
  const { system = '', prompt, suffix = '', messages = [], images, think, now = new Date() } = input;
  const template = parsePromptTemplate(source);
  if (prompt !== '' && suffix !== '') return renderFill(template, { prompt, suffix, think, now });
  const conversation: ChatMessage[] = [
    ...(system === '' ? [] : [{ role: 'system', content: system }]),
    ...messages,
    { role: 'user', content: prompt, ...(images && { images }) },
  ];
  // With a suffix but no prompt Ollama has no message at all.
  return renderConversation(template, { messages: suffix === '' ? conversation : [], tools: [], think, now });
}
