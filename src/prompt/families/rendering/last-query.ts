/** Where Qwen's templates see the question that is being answered: the last user message that is no tool result in disguise. */
export interface Turn {
  readonly role: string;
  readonly content: string;
}

/** The last message's index where there is no question. */
export function lastQueryIndex(turns: readonly Turn[]): number {
  const found = turns.findLastIndex(isQuery);
  return found < 0 ? turns.length - 1 : found;
}

export function isQuery({ role, content }: Turn): boolean {
  return role === 'user' && !(content.startsWith('<tool_response>') && content.endsWith('</tool_response>'));
}
