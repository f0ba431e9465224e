/** Qwen3-Coder: ChatML, tools as XML, calls as `<function=name><parameter=key>`. The first system message counts, wherever it stands. */
import { formatValue } from '../../../formats/go-template/print-value.ts';
import type { Tool, ToolCall } from '../../chat-message.ts';
import { recordOf, valueFromJson } from '../../go-template-values.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { argumentText } from './argument-text.ts';
import { textOf, toolProperties, typesOf, type Property } from './declared-properties.ts';
import { qwenToolInstructions } from './qwen-tool-instructions.ts';
import { parametersJson, propertyJson, valueJson } from './tool-json.ts';

export const qwen3CoderRenderer: FamilyRenderer = { bos: '', render };

const defaultSystem = 'You are Qwen, a helpful AI assistant that can interact with a computer to solve tasks.';

function render({ messages, tools }: RenderInput): string {
  const system = messages.find((message) => message.role === 'system' && message.content !== '')?.content;
  const turns = messages.filter((message) => message.role !== 'system');
  let text = '';
  if (system !== undefined || tools.length > 0) {
    text += `<|im_start|>system\n${system ?? defaultSystem}${toolSection(tools)}<|im_end|>\n`;
  }
  for (const [index, { role, content, toolCalls = [] }] of turns.entries()) {
    const isLast = index === turns.length - 1;
    if (role === 'assistant' && toolCalls.length > 0) {
      text += `<|im_start|>assistant\n${content === '' ? '' : `${content}\n`}${toolCalls.map(callText).join('')}<|im_end|>\n`;
    } else if (role === 'assistant') {
      // A last turn of the assistant's is one that the model goes on with.
      text += `<|im_start|>assistant\n${content}${isLast ? '' : '<|im_end|>\n'}`;
    } else if (role === 'tool') {
      if (turns[index - 1]?.role !== 'tool') text += '<|im_start|>user';
      text += `\n<tool_response>\n${content}\n</tool_response>`;
      if (turns[index + 1]?.role !== 'tool') text += '<|im_end|>\n';
    } else {
      text += `<|im_start|>${role}\n${content}<|im_end|>\n`;
    }
    if (isLast && role !== 'assistant') text += '<|im_start|>assistant\n';
  }
  return text;
}

function callText({ name, arguments: given }: ToolCall): string {
  const parameters = Object.entries(given).map(
    ([key, value]) => `\n<parameter=${key}>\n${argumentText(value)}\n</parameter>`,
  );
  return `\n<tool_call>\n<function=${name}>${parameters.join('')}\n</function>\n</tool_call>`;
}

function toolSection(tools: readonly Tool[]): string {
  if (tools.length === 0) return '';
  const list = tools.map((tool) => `\n${toolText(tool)}`).join('');
  return `\n\n# Tools\n\nYou have access to the following functions:\n\n<tools>${list}\n</tools>\n\n${qwenToolInstructions}`;
}

function toolText(tool: Tool): string {
  const { name, description = '' } = tool.function;
  const parameters = (toolProperties(tool) ?? []).map(([key, property]) => parameterText(key, property));
  return [
    `<function>\n<name>${name}</name>`,
    ...(description === '' ? [] : [`<description>${description}</description>`]),
    `<parameters>${parameters.join('')}${otherKeys(parametersJson(tool), ['type', 'properties'])}`,
    '</parameters>\n</function>',
  ].join('\n');
}

function parameterText(name: string, property: Property): string {
  const types = typesOf(property);
  const description = textOf(property['description']);
  return [
    '\n<parameter>',
    `<name>${name}</name>`,
    ...(types.length === 0 ? [] : [`<type>${types.length === 1 ? types[0] : valueJson(types)}</type>`]),
    ...(description === '' ? [] : [`<description>${description}</description>`]),
  ]
    .join('\n')
    .concat(otherKeys(propertyJson(property), ['type', 'description']), '\n</parameter>');
}

/** What a schema says besides, one element for each key. Ollama's order is random here; this is the keys' own. */
function otherKeys(json: string, handled: readonly string[]): string {
  const entries = Object.entries(recordOf(JSON.parse(json)) ?? {});
  const rest = entries.filter(([key, value]) => !handled.includes(key) && value !== null);
  return rest
    .map(([key, value]) => {
      const shown = typeof value === 'object' ? valueJson(value) : formatValue(valueFromJson(value));
      return `\n<${key}>${shown}</${key}>`;
    })
    .join('');
}
