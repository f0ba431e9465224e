import type { MessagesRequest } from '../../api/anthropic/messages-request.ts';
import type { AnswerBegunEvent } from '../../usecases/answer-events.ts';
import { unheldSchemas } from '../telling-unheld-tools.ts';

/** The fields of a request that its model has no use for. */
export function unusedFields(
  { thinking, output_config: output }: MessagesRequest,
  { thinks, boundsThinking, unheldTools }: AnswerBegunEvent,
): string[] {
  const wantsThinking = thinking?.isOn === true;
  const hasBudget = wantsThinking && thinks && thinking.budgetTokens !== undefined;
  return [
    ...(wantsThinking && !thinks ? ['thinking'] : []),
    ...(hasBudget && !boundsThinking ? ['thinking.budget_tokens'] : []),
    ...(output.effort !== undefined && !thinks ? ['output_config.effort'] : []),
    ...unheldSchemas(unheldTools, 'input_schema'),
  ];
}
