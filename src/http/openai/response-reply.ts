/** How a response goes out: its events as they come, or whole. */
import type { ServerResponse } from 'node:http';
import { CorralError, toCorralError } from '../../core/corral-error.ts';
import type { AnswerEvent } from '../../usecases/answer-events.ts';
import type { WireError } from '../exchange.ts';
import { sseData, streamSse } from '../stream-sse.ts';
import { tellAnswerUsage } from '../usage-header.ts';
import { writeJson } from '../write-reply.ts';
import type { ResponseBuilder, ResponseEvent } from './response-builder.ts';
import type { ResponseObject } from './response-object.ts';

export interface ResponseOrder {
  readonly events: AsyncIterable<AnswerEvent>;
  readonly builder: ResponseBuilder;
  readonly streams: boolean;
  readonly toWireError: (error: CorralError) => WireError;
  /** Before the client hears of the end, so that it may build on the response at once. */
  readonly onDone: (made: ResponseObject) => void;
}

export async function replyWithResponse(response: ServerResponse, order: ResponseOrder): Promise<void> {
  if (order.streams) {
    await streamSse(response, frames(order));
    return;
  }
  for await (const _event of responseEvents({ ...order, events: tellingUsage(order.events, response) })) {
    // The builder keeps what they tell.
  }
  writeJson(response, 200, order.builder.response());
}

async function* tellingUsage(
  events: AsyncIterable<AnswerEvent>,
  response: ServerResponse,
): AsyncGenerator<AnswerEvent, void, undefined> {
  for await (const event of events) {
    if (event.type === 'done') tellAnswerUsage(response, event);
    yield event;
  }
}

async function* frames(order: ResponseOrder): AsyncGenerator<string, void, undefined> {
  let hasBegun = false;
  try {
    for await (const event of responseEvents(order)) {
      yield framed(event);
      hasBegun = true;
    }
  } catch (thrown) {
    // Nothing was sent yet: the error is still answered with a status of its own. Otherwise it is thrown on for the log.
    if (hasBegun) for (const event of order.builder.fail(order.toWireError(toCorralError(thrown)))) yield framed(event);
    throw thrown;
  }
}

const framed = (event: ResponseEvent): string => sseData(event, event.type);

/** All errors that are the request's fault come before the first one. */
async function* responseEvents(order: ResponseOrder): AsyncGenerator<ResponseEvent, void, undefined> {
  const { events, builder, onDone } = order;
  let isDone = false;
  let hasBegun = false;
  for await (const event of events) {
    if (event.type !== 'piece' && event.type !== 'done') continue;
    if (!hasBegun) yield* builder.start();
    hasBegun = true;
    if (event.type === 'piece') {
      yield* builder.push(event);
      continue;
    }
    isDone = true;
    const last = builder.finish(event);
    onDone(builder.response());
    yield* last;
  }
  if (!isDone) throw new CorralError('runner_failed', 'the answer has no end');
}
