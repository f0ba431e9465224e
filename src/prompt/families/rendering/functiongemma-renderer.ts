/** FunctionGemma: Gemma's turns, tools declared to a developer role, strings between `<escape>` markers. */
import type { ChatMessage, Tool, ToolCall } from '../../chat-message.ts';
import { recordOf } from '../../go-template-values.ts';
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';
import { propertiesOf, textOf, textsOf, typesOf } from './declared-properties.ts';
import { escapedEntries, escapedValue, sortedKeys, type EscapedValueStyle } from './escaped-value.ts';

export const functionGemmaRenderer: FamilyRenderer = { bos: '<bos>', render };

const introduction = 'You can do function calling with the following functions:';
const style: EscapedValueStyle = { quote: '<escape>', nil: '<nil>', quotesKeys: false };
const quoted = (text: string): string => escapedValue(text, style);

function render({ messages, tools }: RenderInput): string {
  const first = messages[0];
  const system = first?.role === 'system' || first?.role === 'developer' ? first.content : undefined;
  const turns = system === undefined ? messages : messages.slice(1);
  let text = `<bos>${developerTurn(system ?? '', tools)}`;
  // A result directly behind its call continues the model's turn, as does what comes behind a result.
  let previous: 'call' | 'result' | undefined;
  for (const [index, { role, content, toolCalls = [] }] of turns.entries()) {
    if (role === 'tool') {
      const opened = previous === 'call' ? '' : '<start_function_response>';
      text += `${opened}response:${calledTool(turns, index)}{${quoted(content)}}<end_function_response>`;
      previous = 'result';
      continue;
    }
    const isContinued = previous === 'result' && (role === 'assistant' || role === 'user');
    text += isContinued ? '' : `<start_of_turn>${role === 'assistant' ? 'model' : role}\n`;
    text += content.trim();
    const isAnswered = role === 'assistant' && toolCalls.length > 0 && turns[index + 1]?.role === 'tool';
    if (role === 'assistant') text += toolCalls.map(callText).join('');
    text += isAnswered ? '<start_function_response>' : '<end_of_turn>\n';
    if (isAnswered) previous = 'call';
    else if (role === 'assistant' || role === 'user') previous = undefined;
  }
  return previous === 'result' ? text : `${text}<start_of_turn>model\n`;
}

function developerTurn(system: string, tools: readonly Tool[]): string {
  if (system === '' && tools.length === 0) return '';
  const trimmed = system.trim();
  const gap = system !== '' && tools.length > 0 ? '\n' : '';
  const own = tools.length > 0 && trimmed !== introduction ? introduction : '';
  return `<start_of_turn>developer\n${trimmed}${gap}${own}${tools.map(declaration).join('')}<end_of_turn>\n`;
}

/** Results come without names: the n-th behind an answer belongs to its n-th call. */
function calledTool(turns: readonly ChatMessage[], index: number): string {
  const caller = turns.findLastIndex(
    ({ role, toolCalls = [] }, at) => at < index && role === 'assistant' && toolCalls.length > 0,
  );
  if (caller < 0) return '';
  const place = turns.slice(caller + 1, index).filter((turn) => turn.role === 'tool').length;
  return turns[caller]?.toolCalls?.[place]?.name ?? '';
}

function callText({ name, arguments: given }: ToolCall): string {
  return `<start_function_call>call:${name}{${escapedEntries(given, style)}}<end_function_call>`;
}

function declaration(tool: Tool): string {
  const { name, description = '', parameters = {} } = tool.function;
  const type = textOf(parameters['type']);
  const properties = propertiesOf(parameters);
  const required = textsOf(parameters['required']);
  const parts = [
    ...(properties !== undefined && properties.length > 0 ? [`properties:{${propertyList(parameters)}}`] : []),
    ...(required.length > 0 ? [`required:[${required.map(quoted).join(',')}]`] : []),
    ...(type === '' ? [] : [`type:${quoted(type.toUpperCase())}`]),
  ];
  const shape = properties !== undefined || type !== '' ? `,parameters:{${parts.join(',')}}` : '';
  return `<start_function_declaration>declaration:${name}{description:${quoted(description)}${shape}}<end_function_declaration>`;
}

function propertyList(parameters: Readonly<Record<string, unknown>>): string {
  const properties = recordOf(parameters['properties']) ?? {};
  return sortedKeys(properties)
    .map((name) => {
      const property = recordOf(properties[name]) ?? {};
      const type = typesOf(property)[0];
      const typePart = type === undefined ? '' : `,type:${quoted(type.toUpperCase())}`;
      return `${name}:{description:${quoted(textOf(property['description']))}${typePart}}`;
    })
    .join(',');
}
