import { debugFields, logprobFields, metricFields } from './answer-fields.ts';
import type { AnswerWriter } from './answer-reply.ts';

/** The objects of an /api/generate reply. `model` is the name as the client sent it. */
export function createGenerateWriter(model: string, timestamp: () => string): AnswerWriter {
  const reply = (response: string, thinking: string, fields: object): object => ({
    model,
    created_at: timestamp(),
    response,
    ...(thinking !== '' && { thinking }),
    ...fields,
  });

  return {
    single(event) {
      if (event.type === 'rendered')
        return reply('', '', { done: false, ...debugFields(event.prompt, event.imageCount) });
      return reply('', '', { done: true, done_reason: event.type === 'loaded' ? 'load' : 'unload' });
    },
    piece: ({ content, thinking, logprobs }) => reply(content, thinking, { done: false, ...logprobFields(logprobs) }),
    done: (event, { content, thinking, logprobs }) =>
      reply(content, thinking, {
        done: true,
        done_reason: event.reason,
        ...(event.tokens.length > 0 && { context: event.tokens }),
        ...metricFields(event),
        ...logprobFields(logprobs),
      }),
  };
}
