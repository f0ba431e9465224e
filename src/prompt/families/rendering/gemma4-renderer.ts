/**
 * Gemma 4: turns between `<|turn>` and `<turn|>`, calls and results inside the model's turn, thinking in a channel. The large models want an
 * empty thinking channel where they are not to think.
 */
import type { ChatMessage, ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { escapedEntries, escapedValue } from './escaped-value.ts';
import { gemma4Declaration, gemma4Style } from './gemma4-declaration.ts';
import { ImageTags } from './image-tags.ts';

export function createGemma4Renderer(options: { readonly isLarge: boolean }): FamilyRenderer {
  return { bos: '<bos>', render: (input) => render(input, options.isLarge) };
}

function render({ messages, tools, think }: RenderInput, isLarge: boolean): string {
  const thinks = think !== undefined && think !== false;
  const first = messages[0];
  const system = first?.role === 'system' || first?.role === 'developer' ? first.content.trim() : undefined;
  const turns = system === undefined ? messages : messages.slice(1);
  const images = new ImageTags();
  let text = '<bos>';
  if (system !== undefined || tools.length > 0 || thinks) {
    text += `<|turn>system\n${thinks ? '<|think|>\n' : ''}${system ?? ''}${tools.map(gemma4Declaration).join('')}<turn|>\n`;
  }
  const lastUser = turns.findLastIndex((turn) => turn.role === 'user');
  let previousRole = '';
  let ending: 'call' | 'result' | undefined;
  for (const [index, message] of turns.entries()) {
    const { role, toolCalls = [], thinking = '' } = message;
    if (role === 'tool') continue; // shown with the call it answers
    const isModel = role === 'assistant';
    const results = toolCalls.length > 0 ? resultsBehind(turns, index) : [];
    if (!isModel || previousRole !== 'assistant') text += `<|turn>${isModel ? 'model' : role}\n`;
    if (isModel && thinking !== '' && index > lastUser) text += `<|channel>thought\n${thinking}\n<channel|>`;
    text += toolCalls.map(callText).join('');
    text += results.map((result) => resultText(result, toolCalls, images)).join('');
    ending = results.length > 0 ? 'result' : toolCalls.length > 0 ? 'call' : undefined;

    const content = isModel ? withoutChannels(message.content) : message.content.trim();
    text += images.tagged({ ...message, content });
    const saysSomething = content !== '' || (message.images ?? []).length > 0;
    const nextRole = turns.find((turn, at) => at > index && turn.role !== 'tool')?.role;
    const continues = isModel && nextRole === 'assistant' && ending !== 'call';
    const waits = ending === 'result' && !saysSomething && nextRole === undefined;
    if (ending === 'call') text += '<|tool_response>';
    else if (!continues && !waits) text += '<turn|>\n';
    previousRole = role;
  }
  if (ending === undefined) {
    return `${text}<|turn>model\n${isLarge && !thinks ? '<|channel>thought\n<channel|>' : ''}`;
  }
  return ending === 'result' && thinks ? `${text}<|channel>thought\n` : text;
}

function resultsBehind(turns: readonly ChatMessage[], index: number): readonly ChatMessage[] {
  const end = turns.findIndex((turn, at) => at > index && turn.role !== 'tool');
  return turns.slice(index + 1, end < 0 ? undefined : end);
}

function callText({ name, arguments: given }: ToolCall): string {
  return `<|tool_call>call:${name}{${escapedEntries(given, gemma4Style)}}<tool_call|>`;
}

function resultText(result: ChatMessage, calls: readonly ToolCall[], images: ImageTags): string {
  const { toolCallId, toolName } = result;
  const called = toolCallId === undefined ? undefined : calls.find((call) => call.id === toolCallId);
  const name = called?.name ?? (toolName || 'unknown');
  return `<|tool_response>response:${name}{value:${escapedValue(images.tagged(result), gemma4Style)}}<tool_response|>`;
}

/** Thinking that a client sent back inside the content goes. */
function withoutChannels(content: string): string {
  return content.replace(/<\|channel>[\s\S]*?(?:<channel\|>|$)/g, '').trim();
}
