/** Cogito: DeepSeek's markers with a system prompt of its own. Thinking must be asked for. */
import { goIndentedJson } from './indented-json.ts';
import type { ChatMessage, ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { argumentsJson, toolJson } from './tool-json.ts';

const bos = '<｜begin▁of▁sentence｜>';

export const cogitoRenderer: FamilyRenderer = { bos, render };

const identity =
  'You are Cogito, an AI assistant created by Deep Cogito, which is an AI research lab based in San Francisco.';

function render({ messages, tools, think }: RenderInput): string {
  const thinks = think !== undefined && think !== false;
  const first = messages[0]?.role === 'system' ? messages[0].content : undefined;
  const turns = first === undefined ? messages : messages.slice(1);
  const own = first ? `\n\n${first}${thinks ? '\n\n' : ''}` : '';
  const system = `${thinks ? 'Enable deep thinking subroutine.\n\n' : ''}${identity}${own}`;
  const list = tools.map((tool) => `\`\`\`json\n${goIndentedJson(toolJson(tool), 4)}\n\`\`\`\n`).join('');
  const toolPart = tools.length > 0 ? `\nYou have the following functions available:\n${list}` : '';
  let text = `${bos}${system}${toolPart}`;
  for (const [index, message] of turns.entries()) text += turnText(message, turns[index - 1], turns[index + 1]);
  const last = turns.findLast(({ role }) => role === 'user' || role === 'assistant' || role === 'tool');
  return `${text}${last?.role === 'user' ? '' : '<｜Assistant｜>'}${thinks ? '<think>\n' : ''}`;
}

function turnText(
  { role, content, toolCalls = [] }: ChatMessage,
  before: ChatMessage | undefined,
  after: ChatMessage | undefined,
): string {
  if (role === 'user') return `<｜User｜>${content}<｜Assistant｜>`;
  if (role === 'tool') {
    const opened = before?.role === 'tool' ? '' : '<｜tool▁outputs▁begin｜>';
    const closed = after?.role === 'tool' ? '\n' : '<｜tool▁outputs▁end｜>';
    return `${opened}<｜tool▁output▁begin｜>${content}<｜tool▁output▁end｜>${closed}`;
  }
  if (role !== 'assistant') return '';
  if (toolCalls.length === 0) return `${content}<｜end▁of▁sentence｜>`;
  const calls = toolCalls.map(callText).join('\n');
  return `${content}<｜tool▁calls▁begin｜>${calls}<｜tool▁calls▁end｜><｜end▁of▁sentence｜>`;
}

function callText(call: ToolCall): string {
  const json = `\`\`\`json\n${argumentsJson(call)}\n\`\`\``;
  return `<｜tool▁call▁begin｜>function<｜tool▁sep｜>${call.name}\n${json}<｜tool▁call▁end｜>`;
}
