/**
 * Several answers to one request, told apart by their number. The first one runs alone until it has spoken: an error that is the
 * request's fault comes before anything else, and a model is loaded once. Then the others run beside it, a bounded number at a time, so
 * that one request can't fill the queue for everybody. When one fails all end, and the error is thrown.
 */
import type { AnswerEvent } from './answer-events.ts';

export interface NumberedEvent {
  readonly index: number;
  readonly event: AnswerEvent;
}

export type StartAnswer = (signal: AbortSignal) => AsyncGenerator<AnswerEvent, void, undefined>;

/** As many as a processor's cores decode together with profit. */
const mostAtOnce = 8;

type Step =
  | { readonly type: 'event'; readonly index: number; readonly event: AnswerEvent }
  | { readonly type: 'end'; readonly index: number }
  | { readonly type: 'error'; readonly index: number; readonly error: unknown };

interface Running {
  readonly answer: ReturnType<StartAnswer>;
  next: Promise<Step>;
}

export async function* severalAnswers(
  starts: readonly StartAnswer[],
  signal: AbortSignal,
): AsyncGenerator<NumberedEvent, void, undefined> {
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const running = new Map<number, Running>();
  let started = 0;
  const startUpTo = (most: number) => {
    for (let start = starts[started]; start !== undefined && running.size < most; start = starts[started]) {
      const answer = start(either);
      running.set(started, { answer, next: stepOf(answer, started) });
      started++;
    }
  };
  try {
    startUpTo(1);
    while (running.size > 0) {
      const step = await Promise.race([...running.values()].map(({ next }) => next));
      if (step.type === 'error') throw step.error;
      const { index } = step;
      const current = running.get(index);
      if (step.type === 'end') running.delete(index);
      else if (current !== undefined) current.next = stepOf(current.answer, index);
      startUpTo(mostAtOnce);
      if (step.type === 'event') yield { index, event: step.event };
    }
  } finally {
    ending.abort();
    await Promise.allSettled([...running.values()].map(({ answer }) => answer.return()));
  }
}

/** Never rejects: nobody may be waiting when it fails. */
async function stepOf(answer: Running['answer'], index: number): Promise<Step> {
  try {
    const { done, value } = await answer.next();
    return done === true ? { type: 'end', index } : { type: 'event', index, event: value };
  } catch (error) {
    return { type: 'error', index, error };
  }
}
