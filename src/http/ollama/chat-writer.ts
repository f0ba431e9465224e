import type { ToolCall } from '../../prompt/chat-message.ts';
import { debugFields, logprobFields, metricFields } from './answer-fields.ts';
import type { AnswerWriter } from './answer-reply.ts';

/** The objects of an /api/chat reply. `model` is the name as the client sent it. */
export function createChatWriter(model: string, timestamp: () => string): AnswerWriter {
  let calls = 0;
  const toolCallFields = (toolCalls: readonly ToolCall[]): object => {
    if (toolCalls.length === 0) return {};
    return {
      tool_calls: toolCalls.map((call) => ({
        id: call.id,
        function: { index: calls++, name: call.name, arguments: call.arguments },
      })),
    };
  };
  const message = (content: string, thinking: string, toolCalls: readonly ToolCall[]): object => ({
    role: 'assistant',
    content,
    ...(thinking !== '' && { thinking }),
    ...toolCallFields(toolCalls),
  });
  const reply = (fields: object): object => ({ model, created_at: timestamp(), ...fields });

  return {
    single(event) {
      if (event.type === 'rendered') {
        const debug = debugFields(event.prompt, event.imageCount);
        return reply({ message: { role: '', content: '' }, done: false, ...debug });
      }
      const reason = event.type === 'loaded' ? 'load' : 'unload';
      return reply({ message: message('', '', []), done: true, done_reason: reason });
    },
    piece: ({ content, thinking, toolCalls, logprobs }) =>
      reply({ message: message(content, thinking, toolCalls), done: false, ...logprobFields(logprobs) }),
    done: (event, { content, thinking, toolCalls, logprobs }) =>
      reply({
        message: message(content, thinking, toolCalls),
        done: true,
        done_reason: event.reason,
        ...logprobFields(logprobs),
        ...metricFields(event),
      }),
  };
}
