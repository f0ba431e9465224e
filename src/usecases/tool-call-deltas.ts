/** Whole tool calls as the deltas of a stream, for parsers that know a call only once it has ended. */
import type { ToolCall } from '../prompt/chat-message.ts';
import type { AnswerEvent, ToolCallDelta } from './answer-events.ts';

/** The same events, each whole call as one delta. */
export async function* asToolCallDeltas(
  events: AsyncIterable<AnswerEvent>,
): AsyncGenerator<AnswerEvent, void, undefined> {
  let index = 0;
  const wholeDelta = (call: ToolCall): ToolCallDelta => ({
    index: index++,
    id: call.id,
    name: call.name,
    isFirst: true,
    argumentsText: JSON.stringify(call.arguments),
  });
  for await (const event of events) {
    if (event.type !== 'piece' || event.toolCalls.length === 0) yield event;
    else yield { ...event, toolCalls: [], toolCallDeltas: event.toolCalls.map(wholeDelta) };
  }
}
