/** Tool calls as the deltas of a stream: those that came as deltas already, and whole ones of parsers that know a call only once it has ended. */
import type { ToolCall } from '../prompt/chat-message.ts';
import type { AnswerEvent, ToolCallDelta } from './answer-events.ts';

/** The same events, each whole call that has not come in parts as one delta. */
export async function* asToolCallDeltas(
  events: AsyncIterable<AnswerEvent>,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const known = new Set<string>();
  for await (const event of events) {
    if (event.type !== 'piece') {
      yield event;
      continue;
    }
    for (const { id } of event.toolCallDeltas) known.add(id);
    const whole = event.toolCalls
      .filter(({ id }) => !known.has(id))
      .map((call, at) => wholeDelta(call, known.size + at));
    for (const { id } of whole) known.add(id);
    const toolCallDeltas = [...event.toolCallDeltas, ...whole];
    const isEmpty = event.content + event.thinking === '' && toolCallDeltas.length + event.logprobs.length === 0;
    if (!isEmpty || event.toolCalls.length === 0) yield { ...event, toolCalls: [], toolCallDeltas };
  }
}

function wholeDelta({ id, name, arguments: given }: ToolCall, index: number): ToolCallDelta {
  return { index, id, name, isFirst: true, argumentsText: JSON.stringify(given) };
}
