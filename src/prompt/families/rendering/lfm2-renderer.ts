/** LFM2 and LFM2 Thinking: ChatML behind a BOS, calls as Python between markers. Of earlier answers' thinking only the last one's stays. */
import { compareStrings } from '../../../formats/go-template/go-value.ts';
import type { ChatMessage, Tool, ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { ImageTags } from './image-tags.ts';
import { spacedJson, withoutHtmlEscapes } from './spaced-json.ts';
import { functionJson, toolJson, valueJson } from './tool-json.ts';

const bos = '<|startoftext|>';
const callOpen = '<|tool_call_start|>';
const thinkClose = '</think>';

export function createLfm2Renderer(options: { readonly thinks: boolean }): FamilyRenderer {
  return { bos, render: (input) => render(input, options.thinks) };
}

function render({ messages, tools, think }: RenderInput, thinks: boolean): string {
  const first = messages[0]?.role === 'system' ? messages[0] : undefined;
  const start = first === undefined ? 0 : 1;
  const system = [first?.content ?? '', toolList(tools)].filter((part) => part !== '').join('\n');
  const keepsThinking = thinks && think !== undefined && think !== false;
  const lastAnswer = messages.findLastIndex((message) => message.role === 'assistant');
  const images = new ImageTags();
  if (first !== undefined) images.tagged(first); // images are counted, though a system message shows none
  let text = bos + (system === '' ? '' : `<|im_start|>system\n${system}<|im_end|>\n`);
  for (const [index, message] of messages.entries()) {
    if (index < start) continue;
    let content = images.tagged(message);
    if (message.role === 'assistant') {
      content = answerText(message, content, thinks);
      if (!keepsThinking && index !== lastAnswer) content = withoutThinking(content);
    }
    if (message.role === 'tool' && !content.includes('<|tool_response_start|>')) {
      content = `<|tool_response_start|>${content}<|tool_response_end|>`;
    }
    const isOpen = index === messages.length - 1 && message.role === 'assistant';
    text += `<|im_start|>${message.role}\n${content}${isOpen ? '' : '<|im_end|>\n'}`;
  }
  return messages.at(-1)?.role === 'assistant' ? text : `${text}<|im_start|>assistant\n`;
}

/** Thinking, then calls, then content, which is how the model writes them. */
function answerText({ thinking = '', toolCalls = [] }: ChatMessage, content: string, thinks: boolean): string {
  let text = content;
  if (toolCalls.length > 0 && !content.includes(callOpen)) {
    text = `${callsText(toolCalls)}${content.trim() === '' ? '' : '\n'}${content}`;
  }
  return thinks && thinking !== '' && !text.includes(thinkClose) ? `<think>${thinking}${thinkClose}${text}` : text;
}

function withoutThinking(content: string): string {
  const close = content.lastIndexOf(thinkClose);
  return close < 0 ? content : content.slice(close + thinkClose.length).trim();
}

function callsText(calls: readonly ToolCall[]): string {
  const texts = calls.map(({ name, arguments: given }) => {
    const sorted = Object.entries(given).sort(([left], [right]) => compareStrings(left, right));
    return `${name}(${sorted.map(([key, value]) => `${key}=${plainJson(valueJson(value))}`).join(',')})`;
  });
  return `${callOpen}[${texts.join(',')}]<|tool_call_end|>`;
}

function toolList(tools: readonly Tool[]): string {
  if (tools.length === 0) return '';
  const list = tools.map((tool) => plainJson(tool.function.name === '' ? toolJson(tool) : functionJson(tool)));
  return `List of tools: <|tool_list_start|>[${list.join(', ')}]<|tool_list_end|>`;
}

const plainJson = (json: string): string => spacedJson(withoutHtmlEscapes(json));
