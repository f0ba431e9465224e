/** DeepSeek V3.1: all system messages in front; each answer opens with `<think>` or, where it does not think, with `</think>`. */
import type { Tool, ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { argumentsJson, parametersJson } from './tool-json.ts';

const bos = '<｜begin▁of▁sentence｜>';
const endOfTurn = '<｜end▁of▁sentence｜>';

export const deepseek31Renderer: FamilyRenderer = { bos, render };

function render({ messages, tools, think }: RenderInput): string {
  const thinks = think !== undefined && think !== false;
  const systems = messages.filter((message) => message.role === 'system').map((message) => message.content);
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  let text = `${bos}${systems.join('\n\n')}${toolSection(tools)}`;
  let previous: 'user' | 'assistant' | 'tool' | undefined;
  for (const [index, { role, content, thinking = '', toolCalls = [] }] of messages.entries()) {
    if (role === 'user') text += `<｜User｜>${content}`;
    else if (role === 'tool') text += `<｜tool▁output▁begin｜>${content}<｜tool▁output▁end｜>`;
    else if (role === 'assistant') {
      const keepsThinking = thinks && thinking !== '' && index > lastUser && toolCalls.length === 0;
      if (previous === 'user') text += `<｜Assistant｜>${keepsThinking ? '<think>' : '</think>'}`;
      text += toolCalls.length > 0 ? content + callsText(toolCalls) : answerText(content, previous === 'tool');
      text += endOfTurn;
    } else continue;
    previous = role;
  }
  return previous === 'user' ? `${text}<｜Assistant｜>${thinks ? '<think>' : '</think>'}` : text;
}

/** An answer behind a tool's result is shown whole, any other without the thinking in it. */
function answerText(content: string, afterTool: boolean): string {
  const close = afterTool ? -1 : content.indexOf('</think>');
  return close < 0 ? content : content.slice(close + '</think>'.length);
}

function callsText(calls: readonly ToolCall[]): string {
  const texts = calls.map(
    (call) => `<｜tool▁call▁begin｜>${call.name}<｜tool▁sep｜>${argumentsJson(call)}<｜tool▁call▁end｜>`,
  );
  return `<｜tool▁calls▁begin｜>${texts.join('')}<｜tool▁calls▁end｜>`;
}

function toolSection(tools: readonly Tool[]): string {
  if (tools.length === 0) return '';
  const list = tools.map(
    (tool) =>
      `\n### ${tool.function.name}\nDescription: ${tool.function.description ?? ''}\n\nParameters: ${parametersJson(tool)}\n`,
  );
  return `

## Tools
You have access to the following tools:
${list.join('')}
IMPORTANT: ALWAYS adhere to this exact format for tool use:
<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>tool_call_name<｜tool▁sep｜>tool_call_arguments<｜tool▁call▁end｜>{{additional_tool_calls}}<｜tool▁calls▁end｜>

Where:

- \`tool_call_name\` must be an exact match to one of the available tools
- \`tool_call_arguments\` must be valid JSON that strictly follows the tool's Parameters Schema
- For multiple tool calls, chain them directly without separators or spaces
`;
}
