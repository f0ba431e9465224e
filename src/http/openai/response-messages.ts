/** The items of a response's input as the conversation that a template sees. */
import { imageOfDataUri } from '../../api/openai/image-data-uri.ts';
import type {
  FunctionCallItem,
  InputItem,
  MessageItem,
  ReasoningItem,
  ToolOutputItem,
} from '../../api/openai/response-items.ts';
import type { ChatMessage, ToolCall } from '../../prompt/chat-message.ts';

/**
 * Reasoning, a message and calls that follow one another were one answer and become one message again: templates show them together,
 * and a prompt that repeats an answer as it was made is found in the cache.
 */
export function responseMessages(items: readonly InputItem[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const toolNames = new Map<string, string>();
  let thinking = '';
  const addAnswer = (text: string, calls: readonly ToolCall[]) => {
    const last = messages.at(-1);
    const goesOn = last?.role === 'assistant' && text === '' && thinking === '';
    const before: ChatMessage = goesOn ? last : { role: 'assistant', content: text };
    if (goesOn) messages.pop();
    const toolCalls = [...(before.toolCalls ?? []), ...calls];
    messages.push({
      ...before,
      ...(thinking !== '' && { thinking }),
      ...(toolCalls.length > 0 && { toolCalls }),
    });
    thinking = '';
  };

  for (const item of items) {
    switch (item.type) {
      case 'message':
        if (item.role === 'assistant') addAnswer(textOf(item.content), []);
        else messages.push({ role: item.role === 'developer' ? 'system' : item.role, ...contentOf(item.content) });
        break;
      case 'reasoning':
        thinking += thinkingOf(item);
        break;
      case 'function_call':
        toolNames.set(item.call_id, calledName(item));
        addAnswer('', [{ id: item.call_id, name: calledName(item), arguments: parseArguments(item.arguments) }]);
        break;
      case 'function_call_output': {
        const toolName = toolNames.get(item.call_id);
        const named = toolName === undefined ? {} : { toolName };
        messages.push({ role: 'tool', ...contentOf(item.output), toolCallId: item.call_id, ...named });
        break;
      }
      case 'web_search_call':
        break;
    }
  }
  // The answer was cut off while it was thinking.
  if (thinking !== '') addAnswer('', []);
  return messages;
}

/** The one name that the model knows a function of a namespace by. */
export function calledName({ name, namespace }: { readonly name: string; readonly namespace?: string }): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}

function parseArguments(text: FunctionCallItem['arguments']): ToolCall['arguments'] {
  return text.trim() === '' ? {} : (JSON.parse(text) as ToolCall['arguments']);
}

/** What other servers put into `encrypted_content` nobody can read; here it is the same text once more. */
function thinkingOf({ summary, content, encrypted_content }: ReasoningItem): string {
  const told = [...(content ?? []), ...(content === undefined ? summary : [])].map(({ text }) => text).join('\n');
  return told === '' ? (encrypted_content ?? '') : told;
}

function contentOf(
  content: MessageItem['content'] | ToolOutputItem['output'],
): Pick<ChatMessage, 'content' | 'images'> {
  if (typeof content === 'string') return { content };
  const images = content.flatMap((part) => (part.type === 'input_image' ? [imageOfDataUri(part.image_url)] : []));
  return { content: textOf(content), ...(images.length > 0 && { images }) };
}

function textOf(parts: MessageItem['content']): string {
  const texts = parts.flatMap((part) => {
    if (part.type === 'refusal') return [part.refusal];
    return part.type === 'input_image' ? [] : [part.text];
  });
  return texts.join('\n');
}
