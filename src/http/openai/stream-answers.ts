import type { ServerResponse } from 'node:http';
import type { AnswerEvent } from '../../usecases/answer-events.ts';
import type { NumberedEvent } from '../../usecases/several-answers.ts';
import { sseData, streamSse } from '../stream-sse.ts';

/** A stream's objects; made anew for each reply. */
export interface AnswerChunks {
  of(index: number, event: AnswerEvent): object[];
  usage(): object;
}

/** Writes answers as OpenAI's streams: an event for every object, and a mark at the end. */
export async function streamAnswers(
  response: ServerResponse,
  events: AsyncIterable<NumberedEvent>,
  chunks: AnswerChunks,
  includesUsage: boolean,
): Promise<void> {
  await streamSse(response, frames(events, chunks, includesUsage));
}

async function* frames(
  events: AsyncIterable<NumberedEvent>,
  chunks: AnswerChunks,
  includesUsage: boolean,
): AsyncGenerator<string, void, undefined> {
  for await (const { index, event } of events) {
    for (const chunk of chunks.of(index, event)) yield sseData(chunk);
  }
  if (includesUsage) yield sseData(chunks.usage());
  yield 'data: [DONE]\n\n';
}
