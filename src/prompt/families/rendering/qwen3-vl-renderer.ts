/** Qwen3-VL, thinking or not: ChatML with images, calls as JSON in `<tool_call>`. Thinking is shown for turns after the last question. */
import type { ChatMessage, Tool, ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { ImageTags } from './image-tags.ts';
import { lastQueryIndex } from './last-query.ts';
import { spacedJson } from './spaced-json.ts';
import { argumentsJson, toolJson } from './tool-json.ts';

export function createQwen3VlRenderer(options: { readonly thinks: boolean }): FamilyRenderer {
  return { bos: '', render: (input) => render(input, options.thinks) };
}

function render({ messages, tools, think }: RenderInput, thinksByDefault: boolean): string {
  const thinks = think === undefined ? thinksByDefault : think !== false;
  const images = new ImageTags();
  const queryIndex = lastQueryIndex(messages.map((message) => ({ ...message, content: taggedAlone(message) })));
  let text = systemSection(messages[0], tools);
  for (const [index, message] of messages.entries()) {
    const content = images.tagged(message);
    const { role } = message;
    const isLast = index === messages.length - 1;
    if (role === 'user' || (role === 'system' && index !== 0)) {
      text += `<|im_start|>${role}\n${content}<|im_end|>\n`;
    } else if (role === 'assistant') {
      const showsThinking = thinks && index > queryIndex && (isLast || (message.thinking ?? '') !== '');
      text += `<|im_start|>assistant\n${showsThinking ? thinkingText(message.thinking ?? '', content) : content}`;
      text += (message.toolCalls ?? []).map((call, at) => callText(call, at > 0 || content !== '')).join('');
      if (!isLast) text += '<|im_end|>\n';
    } else if (role === 'tool') {
      if (messages[index - 1]?.role !== 'tool') text += '<|im_start|>user';
      text += `\n<tool_response>\n${content}\n</tool_response>`;
      if (messages[index + 1]?.role !== 'tool') text += '<|im_end|>\n';
    }
    if (isLast && role !== 'assistant') text += `<|im_start|>assistant\n${thinks ? '<think>\n' : ''}`;
  }
  return text;
}

const taggedAlone = (message: ChatMessage): string => new ImageTags().tagged(message);

function thinkingText(thinking: string, content: string): string {
  const opened = `<think>\n${thinking.replace(/^\n+|\n+$/g, '')}`;
  return content === '' ? opened : `${opened}\n</think>\n\n${content.replace(/^\n+/, '')}`;
}

function callText(call: ToolCall, onNewLine: boolean): string {
  const json = `{"name": "${call.name}", "arguments": ${spacedJson(argumentsJson(call))}}`;
  return `${onNewLine ? '\n' : ''}<tool_call>\n${json}\n</tool_call>`;
}

function systemSection(first: ChatMessage | undefined, tools: readonly Tool[]): string {
  const system = first?.role === 'system' ? first.content : undefined;
  if (tools.length === 0) return system === undefined ? '' : `<|im_start|>system\n${system}<|im_end|>\n`;
  const list = tools.map((tool) => `\n${spacedJson(toolJson(tool))}`).join('');
  return `<|im_start|>system
${system === undefined ? '' : `${system}\n\n`}# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>${list}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
`;
}
