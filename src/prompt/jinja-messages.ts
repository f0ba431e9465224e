/** Messages in the shape that chat templates were written for, with what a particular template needs made to fit. */
import type { ChatMessage, ToolCall } from './chat-message.ts';

/** What a template wants, found out by trying it (`jinja-traits.ts`). */
export interface JinjaTraits {
  /** False: it refuses or drops system messages. */
  readonly systemRole: boolean;
  /** Content must be `[{type: 'text', text}]`. */
  readonly contentParts: boolean;
  /** Tool arguments must be JSON text, not a mapping. */
  readonly argumentsAsText: boolean;
  /** Call ids must be nine letters or digits (Mistral). */
  readonly shortCallIds: boolean;
}

export type JinjaMessage = Readonly<Record<string, unknown>>;

/** Thinking is given under both names in use: `reasoning_content` (most) and `thinking` (gpt-oss). */
export function toJinjaMessages(messages: readonly ChatMessage[], traits: JinjaTraits): JinjaMessage[] {
  const openCallIds: string[] = [];
  return (traits.systemRole ? messages : foldSystem(messages)).map((message) => {
    const calls = (message.toolCalls ?? []).map((call) => callVariables(call, traits));
    openCallIds.push(...calls.map((call) => call.id));
    const answeredId = message.role === 'tool' ? answered(message, openCallIds, traits) : undefined;
    return {
      role: message.role,
      content: traits.contentParts ? [{ type: 'text', text: message.content }] : message.content,
      ...(message.thinking ? { reasoning_content: message.thinking, thinking: message.thinking } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
      ...(message.toolName ? { name: message.toolName } : {}),
      ...(answeredId === undefined ? {} : { tool_call_id: answeredId }),
    };
  });
}

/** System texts put in front of the next user turn, as llama.cpp does for a template that knows no system role. */
function foldSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const folded: ChatMessage[] = [];
  let pending: string[] = [];
  for (const message of messages) {
    if (message.role === 'system') {
      pending.push(message.content);
    } else if (message.role === 'user' && pending.length > 0) {
      folded.push({ ...message, content: [...pending, message.content].filter((text) => text !== '').join('\n') });
      pending = [];
    } else {
      folded.push(message);
    }
  }
  if (pending.length > 0) folded.push({ role: 'user', content: pending.join('\n') });
  return folded;
}

function callVariables(call: ToolCall, traits: JinjaTraits): { id: string; type: string; function: JinjaMessage } {
  return {
    id: callId(call.id, traits),
    type: 'function',
    function: {
      name: call.name,
      arguments: traits.argumentsAsText ? JSON.stringify(call.arguments) : call.arguments,
    },
  };
}

/** A result's call: the one it names, else the oldest still without a result (clients often send none). */
function answered(message: ChatMessage, openCallIds: string[], traits: JinjaTraits): string | undefined {
  if (!message.toolCallId) return openCallIds.shift();
  const id = callId(message.toolCallId, traits);
  const index = openCallIds.indexOf(id);
  if (index >= 0) openCallIds.splice(index, 1);
  return id;
}

function callId(id: string, traits: JinjaTraits): string {
  if (!traits.shortCallIds) return id;
  return id
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(-9)
    .padStart(9, '0');
}
