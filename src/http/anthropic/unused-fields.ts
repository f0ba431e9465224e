import type { MessagesRequest } from '../../api/anthropic/messages-request.ts';

/** The fields of a request that its model had no use for. */
export function unusedFields({ thinking, output_config: output }: MessagesRequest, thinks: boolean): string[] {
  const wantsThinking = thinking?.isOn === true;
  return [
    ...(wantsThinking && !thinks ? ['thinking'] : []),
    ...(wantsThinking && thinks && thinking.budgetTokens !== undefined ? ['thinking.budget_tokens'] : []),
    ...(output.effort !== undefined && !thinks ? ['output_config.effort'] : []),
  ];
}
