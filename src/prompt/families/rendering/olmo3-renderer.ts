/** OLMo 3: ChatML, calls as Python, tool results from the `environment`. The first system message counts; 3.1 differs in the default one. */
import { compareStrings } from '../../../formats/go-template/go-value.ts';
import type { ToolCall } from '../../chat-message.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { spacedJson } from './spaced-json.ts';
import { toolJson, valueJson } from './tool-json.ts';

export function createOlmo3Renderer(options: { readonly defaultSystem: string }): FamilyRenderer {
  return { bos: '', render: (input) => render(input, options.defaultSystem) };
}

export const olmo3System = 'You are a helpful function-calling AI assistant. ';
export const olmo31System =
  'You are Olmo, a helpful AI assistant built by Ai2. Your date cutoff is December 2024, and your model weights are available at https://huggingface.co/allenai. ';

const withoutFunctions = 'You do not currently have access to any functions. <functions></functions>';
const withFunctions =
  'You are provided with function signatures within <functions></functions> XML tags. You may call one or more functions to assist with the user query. Output any function calls within <function_calls></function_calls> XML tags. Do not make assumptions about what values to plug into functions.';

function render({ messages, tools }: RenderInput, defaultSystem: string): string {
  const system = messages.find((message) => message.role === 'system')?.content;
  const turns = messages.filter((message) => message.role !== 'system');
  const list = spacedJson(`[${tools.map(toolJson).join(',')}]`);
  const functions = tools.length > 0 ? `<functions>${list}</functions>` : '';
  const usage = tools.length > 0 ? withFunctions + functions : withoutFunctions;
  let text = `<|im_start|>system\n${system === undefined ? defaultSystem + usage : system + functions}<|im_end|>\n`;
  for (const [index, { role, content, toolCalls = [] }] of turns.entries()) {
    if (role === 'user') text += `<|im_start|>user\n${content}<|im_end|>\n`;
    else if (role === 'tool') text += `<|im_start|>environment\n${content}<|im_end|>\n`;
    else if (role === 'assistant') {
      const calls = toolCalls.map(callText).join('\n');
      const isOpen = index === turns.length - 1 && toolCalls.length === 0;
      text += `<|im_start|>assistant\n${content}${toolCalls.length > 0 ? `<function_calls>${calls}</function_calls>` : ''}`;
      if (!isOpen) text += '<|im_end|>\n';
    }
  }
  const last = turns.at(-1);
  const goesOn = last?.role === 'assistant' && (last.toolCalls ?? []).length === 0 && last.content !== '';
  return goesOn ? text : `${text}<|im_start|>assistant\n`;
}

function callText({ name, arguments: given }: ToolCall): string {
  const sorted = Object.entries(given).sort(([left], [right]) => compareStrings(left, right));
  return `${name}(${sorted.map(([key, value]) => `${key}=${valueJson(value)}`).join(', ')})`;
}
