/** Generated text as pieces of an answer: thinking, content and tool calls, each with the log probabilities of its tokens. */
import type { GenerationBegun } from '../engine/runner-protocol.ts';
import type { GenerationEvent } from '../engine/runner.ts';
import type { AnswerParser, AnswerPiece } from '../prompt/prompt-format.ts';
import type { AnswerCounts, AnswerPieceEvent, Logprobs } from './answer-events.ts';

export type ParsedEvent = GenerationBegun | AnswerPieceEvent | ({ readonly type: 'counts' } & AnswerCounts);

const none: readonly never[] = [];

/** `begun` where it was asked for, pieces, then `counts` once. Without a parser all text is content. */
export async function* parseAnswer(
  events: AsyncIterable<GenerationEvent>,
  parser: AnswerParser | undefined,
): AsyncGenerator<ParsedEvent, void, undefined> {
  let calledTool = false;
  for await (const event of events) {
    if (event.type === 'text') {
      const logprobs = event.logprobs ?? none;
      if (parser === undefined) {
        if (event.text !== '' || logprobs.length > 0) yield piece(event.text, '', none, logprobs);
        continue;
      }
      for (const parsed of toEvents(parser.push(event.text), logprobs)) {
        calledTool ||= parsed.toolCalls.length > 0;
        yield parsed;
      }
    } else if (event.type === 'begun') {
      yield event;
    } else {
      for (const parsed of toEvents(parser?.end() ?? none, none)) {
        calledTool ||= parsed.toolCalls.length > 0;
        yield parsed;
      }
      const { type: _type, id: _id, stopSequence, ...counts } = event;
      yield { ...counts, stopSequence, type: 'counts', reason: calledTool ? 'stop' : event.reason };
    }
  }
}

/** One event for the text of a push and one for every tool call, because clients expect a call by itself. */
function toEvents(pieces: readonly AnswerPiece[], logprobs: Logprobs): AnswerPieceEvent[] {
  const events: AnswerPieceEvent[] = [];
  let content = '';
  let thinking = '';
  const flush = () => {
    if (content !== '' || thinking !== '') events.push(piece(content, thinking, none, none));
    content = '';
    thinking = '';
  };
  for (const part of pieces) {
    // Thinking stands before content in one event; the other way round it must be two.
    if (part.thinking !== undefined && content !== '') flush();
    thinking += part.thinking ?? '';
    content += part.content ?? '';
    if (part.toolCallDeltas !== undefined) {
      flush();
      events.push({ ...piece('', '', none, none), toolCallDeltas: part.toolCallDeltas });
    }
    if (part.toolCalls === undefined) continue;
    flush();
    for (const call of part.toolCalls) events.push(piece('', '', [call], none));
  }
  flush();
  if (logprobs.length === 0) return events;
  const [first = piece('', '', none, none), ...rest] = events;
  return [{ ...first, logprobs }, ...rest];
}

function piece(
  content: string,
  thinking: string,
  toolCalls: AnswerPieceEvent['toolCalls'],
  logprobs: Logprobs,
): AnswerPieceEvent {
  return { type: 'piece', content, thinking, toolCalls, toolCallDeltas: none, logprobs };
}
