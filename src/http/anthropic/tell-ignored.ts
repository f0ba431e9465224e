/**
 * What of a request had no effect, in a header. Only fields that clients send on the off chance are passed over: those of betas, and
 * thinking with a model that can't. Refusing them would turn away clients that Ollama serves.
 */
import type { ServerResponse } from 'node:http';
import type { MessagesRequest } from '../../api/anthropic/messages-request.ts';

const header = 'corral-ignored';

// A header's value; and a client could send thousands of names.
const tellable = /^[\w.-]{1,64}$/;
const mostTold = 16;

export function tellIgnored(response: ServerResponse, fields: readonly string[]): void {
  const told = fields.filter((field) => tellable.test(field)).slice(0, mostTold);
  if (told.length > 0 && !response.headersSent) response.setHeader(header, told.join(', '));
}

/** The fields of a request that its model had no use for. */
export function unusedFields({ thinking, output_config: output }: MessagesRequest, thinks: boolean): string[] {
  const wantsThinking = thinking?.isOn === true;
  return [
    ...(wantsThinking && !thinks ? ['thinking'] : []),
    ...(wantsThinking && thinks && thinking.budgetTokens !== undefined ? ['thinking.budget_tokens'] : []),
    ...(output.effort !== undefined && !thinks ? ['output_config.effort'] : []),
  ];
}
