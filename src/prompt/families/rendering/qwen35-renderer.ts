/**
 * Qwen 3.5 and what was trained after it. Contents are trimmed; thinking is shown for turns after the last question, by Ornith and 3.8 for all.
 * Qwen 3.8 takes its reasoning effort as an instruction and one system message, so all of them are folded into the first.
 */
import { CorralError } from '../../../core/corral-error.ts';
import type { ChatMessage, ThinkValue, Tool, ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { argumentText } from './argument-text.ts';
import { ImageTags } from './image-tags.ts';
import { isQuery, lastQueryIndex, type Turn } from './last-query.ts';
import { qwenToolInstructions } from './qwen-tool-instructions.ts';
import { spacedJson } from './spaced-json.ts';
import { toolJson } from './tool-json.ts';

export type Qwen35Variant = 'qwen3.5' | 'ornith' | 'qwen3.8';

export function createQwen35Renderer(variant: Qwen35Variant): FamilyRenderer {
  return { bos: '', render: (input) => render(input, variant) };
}

function render({ messages: given, tools, think }: RenderInput, variant: Qwen35Variant): string {
  const is38 = variant === 'qwen3.8';
  const messages = is38 ? withOneSystemMessage(given) : given;
  const thinks = think !== false;
  const images = new ImageTags();
  const contents = messages.map((message) => images.tagged(message).trim());
  const queries = messages.map((message) => ({ role: message.role, content: new ImageTags().tagged(message).trim() }));
  if (is38) checkConversation(queries);
  const queryIndex = lastQueryIndex(queries);
  let text = systemSection({
    system: messages[0]?.role === 'system' ? contents[0] : undefined,
    tools,
    effort: is38 ? effortInstructions(think) : '',
    dropsEmpty: is38,
  });
  for (const [index, message] of messages.entries()) {
    const { role } = message;
    const content = contents[index] ?? '';
    const isLast = index === messages.length - 1;
    if (role === 'user' || (role === 'system' && index !== 0)) {
      text += `<|im_start|>${role}\n${content}<|im_end|>\n`;
    } else if (role === 'assistant') {
      const showsThinking = variant !== 'qwen3.5' || (thinks && index > queryIndex);
      text += assistantText(message, content, { showsThinking, readsTags: !is38 }) + (isLast ? '' : '<|im_end|>\n');
    } else if (role === 'tool') {
      if (messages[index - 1]?.role !== 'tool') text += '<|im_start|>user';
      text += `\n<tool_response>\n${content}\n</tool_response>`;
      if (messages[index + 1]?.role !== 'tool') text += '<|im_end|>\n';
    } else if (is38 && role !== 'system') {
      text += `<|im_start|>${role}\n${content}<|im_end|>\n`;
    }
    if (isLast && role !== 'assistant') {
      text += `<|im_start|>assistant\n${thinks ? '<think>\n' : '<think>\n\n</think>\n\n'}`;
    }
  }
  return text;
}

interface ThinkingRules {
  readonly showsThinking: boolean;
  /** Thinking may stand in the content between tags. */
  readonly readsTags: boolean;
}

function assistantText(message: ChatMessage, content: string, rules: ThinkingRules): string {
  const { thinking, rest } = splitThinking(message.thinking ?? '', content, rules);
  const calls = (message.toolCalls ?? []).map(callText).join('\n');
  const gap = calls !== '' && rest.trim() !== '' ? '\n\n' : '';
  const block = rules.showsThinking ? `<think>\n${thinking}\n</think>\n\n` : '';
  return `<|im_start|>assistant\n${block}${rest}${gap}${calls}`;
}

function splitThinking(
  given: string,
  content: string,
  { showsThinking, readsTags }: ThinkingRules,
): { readonly thinking: string; readonly rest: string } {
  if (showsThinking && given !== '') return { thinking: given.trim(), rest: content };
  const close = readsTags ? content.indexOf('</think>') : -1;
  if (close < 0) return { thinking: '', rest: content };
  const before = content.slice(0, close);
  const open = before.lastIndexOf('<think>');
  return {
    thinking: (open < 0 ? before : before.slice(open + '<think>'.length)).trim(),
    rest: content.slice(close + '</think>'.length).replace(/^\n+/, ''),
  };
}

function callText({ name, arguments: given }: ToolCall): string {
  const parameters = Object.entries(given).map(
    ([key, value]) => `<parameter=${key}>\n${argumentText(value)}\n</parameter>\n`,
  );
  return `<tool_call>\n<function=${name}>\n${parameters.join('')}</function>\n</tool_call>`;
}

interface SystemParts {
  readonly system: string | undefined;
  readonly tools: readonly Tool[];
  /** Empty for none. */
  readonly effort: string;
  readonly dropsEmpty: boolean;
}

function systemSection({ system, tools, effort, dropsEmpty }: SystemParts): string {
  const list = tools.map((tool) => `\n${spacedJson(toolJson(tool))}`).join('');
  const toolPart = `# Tools\n\nYou have access to the following functions:\n\n<tools>${list}\n</tools>\n\n${qwenToolInstructions}`;
  const parts = [effort, tools.length > 0 ? toolPart : '', system ?? ''].filter((part) => part !== '');
  const isShown = parts.length > 0 || (system !== undefined && !dropsEmpty);
  return isShown ? `<|im_start|>system\n${parts.join('\n\n')}<|im_end|>\n` : '';
}

const highEffort =
  'Reasoning effort is set to xhigh. Please think carefully through the task, validate key assumptions, consider plausible alternatives, and prioritize correctness, consistency, and clarity in the final answer.';
const lowEffort =
  'Reasoning effort is set to low. Keep your thinking brief and focused, moving directly to the conclusion without unnecessary elaboration.';

/** Medium is what the model does untold. */
function effortInstructions(think: ThinkValue): string {
  if (think === undefined || think === 'high' || think === 'max') return highEffort;
  return think === 'low' ? lowEffort : '';
}

function withOneSystemMessage(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const isInstruction = ({ role }: ChatMessage): boolean => role === 'system' || role === 'developer';
  const instructions = messages.filter(isInstruction);
  const withImages = instructions.find((message) => (message.images ?? []).length > 0);
  if (withImages !== undefined) throw refused(`${withImages.role} message cannot contain images`);
  if (instructions.length === 0 || (instructions.length === 1 && messages[0]?.role === 'system')) return messages;
  const texts = instructions.map((message) => message.content.trim()).filter((text) => text !== '');
  return [{ role: 'system', content: texts.join('\n\n') }, ...messages.filter((message) => !isInstruction(message))];
}

function checkConversation(messages: readonly Turn[]): void {
  if (messages.length === 0) throw refused('no messages provided');
  if (!messages.some(isQuery)) throw refused('no user query found in messages');
}

function refused(message: string): CorralError {
  return new CorralError('template_failed', message, { hint: 'Send a conversation of the form this model knows.' });
}
