/** How an answer goes out: as it comes, one object a line, or whole as one object. */
import type { ServerResponse } from 'node:http';
import { CorralError } from '../../core/corral-error.ts';
import {
  emptyPiece,
  type AnswerDoneEvent,
  type AnswerEvent,
  type AnswerPieceEvent,
} from '../../usecases/answer-events.ts';
import { streamNdjson } from '../stream-ndjson.ts';
import { tellAnswerUsage } from '../usage-header.ts';
import { writeJson } from '../write-reply.ts';

export type StreamedEvent = AnswerPieceEvent | AnswerDoneEvent;

/** The wire objects of one reply; made anew for each, as tool calls are counted. */
export interface AnswerWriter {
  /** For the events that are a reply by themselves. */
  single(event: Exclude<AnswerEvent, StreamedEvent>): object;
  piece(event: AnswerPieceEvent): object;
  /** `all` is the whole answer where it was not streamed, otherwise empty. */
  done(event: AnswerDoneEvent, all: AnswerPieceEvent): object;
}

export async function replyWithAnswer(
  response: ServerResponse,
  events: AsyncGenerator<AnswerEvent, void, undefined>,
  writer: AnswerWriter,
  streams: boolean,
): Promise<void> {
  const first = await events.next();
  try {
    if (first.done === true) throw noAnswer();
    const event = first.value;
    if (event.type !== 'piece' && event.type !== 'done') writeJson(response, 200, writer.single(event));
    else if (streams) await streamNdjson(response, from(event, events), (next) => streamedObject(writer, next));
    else await replyWhole(response, from(event, events), writer);
  } finally {
    await events.return();
  }
}

function streamedObject(writer: AnswerWriter, event: StreamedEvent): object {
  return event.type === 'piece' ? writer.piece(event) : writer.done(event, emptyPiece);
}

/** The event that was taken already, and the rest. */
async function* from(
  first: StreamedEvent,
  rest: AsyncIterable<AnswerEvent>,
): AsyncGenerator<StreamedEvent, void, undefined> {
  yield first;
  for await (const event of rest) {
    if (event.type === 'piece' || event.type === 'done') yield event;
  }
}

async function replyWhole(
  response: ServerResponse,
  events: AsyncIterable<StreamedEvent>,
  writer: AnswerWriter,
): Promise<void> {
  const content: string[] = [];
  const thinking: string[] = [];
  const toolCalls: AnswerPieceEvent['toolCalls'][] = [];
  const logprobs: AnswerPieceEvent['logprobs'][] = [];
  for await (const event of events) {
    if (event.type === 'done') {
      tellAnswerUsage(response, event);
      const all = {
        ...emptyPiece,
        content: content.join(''),
        thinking: thinking.join(''),
        toolCalls: toolCalls.flat(),
        logprobs: logprobs.flat(),
      };
      writeJson(response, 200, writer.done(event, all));
      return;
    }
    content.push(event.content);
    if (event.thinking !== '') thinking.push(event.thinking);
    if (event.toolCalls.length > 0) toolCalls.push(event.toolCalls);
    if (event.logprobs.length > 0) logprobs.push(event.logprobs);
  }
  throw noAnswer();
}

function noAnswer(): CorralError {
  return new CorralError('runner_failed', 'the answer has no end');
}
