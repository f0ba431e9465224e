/** The `think` field of a request: what it may be, what it means when absent, and what becomes of thinking in earlier turns. */
import { CorralError } from '../core/corral-error.ts';
import type { ChatMessage, ThinkValue } from './chat-message.ts';
import type { Capability } from './prompt-format.ts';

const levels = ['low', 'medium', 'high', 'max'] as const;

/** Checks a `think` value as it came over the wire; `undefined` and null say nothing. Throws `bad_request`. */
export function parseThinkValue(value: unknown): ThinkValue {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  const level = levels.find((known) => known === value);
  if (level !== undefined) return level;
  const allowed = '"high", "medium", "low", "max", true, or false';
  if (typeof value !== 'string') {
    throw new CorralError('bad_request', `think must be a boolean or string (${allowed})`);
  }
  throw new CorralError('bad_request', `invalid think value: ${JSON.stringify(value)} (must be ${allowed})`);
}

/** A model that can think does so unless told otherwise. */
export function effectiveThink(think: ThinkValue, capabilities: readonly Capability[]): ThinkValue {
  return think === undefined && capabilities.includes('thinking') ? true : think;
}

/** Whether a model's earlier thinking is taken out of the conversation before its template sees it. */
export function dropsEarlierThinking(model: { readonly family: string; readonly name: string }): boolean {
  return model.family === 'qwen3' || model.name === 'deepseek-r1';
}

/**
 * The conversation without the `<think>` blocks that stand at the start of assistant turns before the last user turn. Clients send
 * whole answers back; these models were trained to see only the answers' ends. A block that never closes is all thinking.
 */
export function stripEarlierThinking(messages: readonly ChatMessage[]): ChatMessage[] {
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  return messages.map((message, index) => {
    if (message.role !== 'assistant' || index >= lastUser) return message;
    const content = withoutThinkBlock(message.content);
    return content === message.content ? message : { ...message, content };
  });
}

function withoutThinkBlock(content: string): string {
  const start = content.trimStart();
  if (!start.startsWith('<think>')) return content;
  const close = start.indexOf('</think>');
  return close < 0 ? '' : start.slice(close + '</think>'.length).trimStart();
}
