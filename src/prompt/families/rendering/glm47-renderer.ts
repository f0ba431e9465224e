/** GLM 4.7: earlier thinking stays in the conversation; each answer opens with `<think>` or, told not to think, with `</think>`. */
import type { ChatMessage, Tool, ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { spacedJson } from './spaced-json.ts';
import { toolJson, valueJson } from './tool-json.ts';

export const glm47Renderer: FamilyRenderer = { bos: '', render };

function render({ messages, tools, think }: RenderInput): string {
  const turns = messages.map((message, index) => turnText(message, messages[index - 1]));
  const opening = think === false ? '</think>' : '<think>';
  return `[gMASK]<sop>${toolSection(tools)}${turns.join('')}<|assistant|>${opening}`;
}

function turnText({ role, content, thinking = '', toolCalls = [] }: ChatMessage, before?: ChatMessage): string {
  switch (role) {
    case 'user':
    case 'system':
      return `<|${role}|>${content}`;
    case 'assistant':
      return `<|assistant|>${thinking === '' ? '' : `<think>${thinking}`}</think>${content}${toolCalls.map(callText).join('')}`;
    case 'tool':
      return `${before?.role === 'tool' ? '' : '<|observation|>'}<tool_response>${content}</tool_response>`;
    default:
      return '';
  }
}

function callText({ name, arguments: given }: ToolCall): string {
  const pairs = Object.entries(given).map(([key, value]) => {
    const shown = typeof value === 'string' ? value : valueJson(value);
    return `<arg_key>${key}</arg_key><arg_value>${shown}</arg_value>`;
  });
  return `<tool_call>${name}${pairs.join('')}</tool_call>`;
}

function toolSection(tools: readonly Tool[]): string {
  if (tools.length === 0) return '';
  const list = tools.map((tool) => `${spacedJson(toolJson(tool))}\n`).join('');
  return `<|system|>
# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
${list}</tools>

For each function call, output the function name and arguments within the following XML format:
<tool_call>{function-name}<arg_key>{arg-key-1}</arg_key><arg_value>{arg-value-1}</arg_value><arg_key>{arg-key-2}</arg_key><arg_value>{arg-value-2}</arg_value>...</tool_call>`;
}
