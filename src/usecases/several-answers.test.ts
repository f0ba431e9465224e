import { describe, expect, test } from 'vitest';
import type { AnswerEvent } from './answer-events.ts';
import { bestAnswers } from './best-answers.ts';
import { severalAnswers, type NumberedEvent, type StartAnswer } from './several-answers.ts';

const piece = (content: string): AnswerEvent => ({
  type: 'piece',
  content,
  thinking: '',
  toolCalls: [],
  toolCallDeltas: [],
  logprobs: [],
});

const never = new AbortController().signal;

/** Says `texts` a turn of the event loop apart. */
const saying = (texts: readonly string[], onStart = () => {}): StartAnswer =>
  async function* () {
    onStart();
    for (const text of texts) {
      await new Promise((resolve) => setImmediate(resolve));
      yield piece(text);
    }
  };

async function collect(events: AsyncIterable<NumberedEvent>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { index, event } of events) {
    texts[index] = (texts[index] ?? '') + (event.type === 'piece' ? event.content : '');
  }
  return texts;
}

/** Speaks once and then waits until it is ended; tells whether it was. */
function waiting() {
  const state = { hasEnded: false };
  const start: StartAnswer = async function* (signal) {
    try {
      yield piece('x');
      await new Promise((_, reject) => {
        const end = () => reject(new Error('aborted'));
        if (signal.aborted) end();
        else signal.addEventListener('abort', end);
      });
    } finally {
      state.hasEnded = true;
    }
  };
  return { state, start };
}

describe('several answers', () => {
  test('each keeps its own number and order', async () => {
    const words = Array.from({ length: 20 }, (_, index) => [`${index}a`, `${index}b`]);
    const events = severalAnswers(
      words.map((texts) => saying(texts)),
      never,
    );
    expect(await collect(events)).toEqual(words.map((texts) => texts.join('')));
  });

  test('the first one has spoken before another begins, and few run at once', async () => {
    let begun = 0;
    const count = () => void begun++;
    const events = severalAnswers(
      Array.from({ length: 50 }, () => saying(['a', 'b', 'c'], count)),
      never,
    );
    const { value } = await events.next();
    expect(value).toMatchObject({ index: 0 });
    expect(begun).toBeLessThanOrEqual(8);
    await events.return();
    expect(begun).toBeLessThanOrEqual(8);
  });

  test('one that fails ends the others, and its error is thrown', async () => {
    const other = waiting();
    const failing: StartAnswer = async function* () {
      yield piece('a');
      throw new Error('broken');
    };
    await expect(collect(severalAnswers([other.start, failing], never))).rejects.toThrow('broken');
    expect(other.state.hasEnded).toBe(true);
  });

  test('leaving ends all of them', async () => {
    const some = [waiting(), waiting(), waiting()];
    for await (const { index } of severalAnswers(
      some.map(({ start }) => start),
      never,
    ))
      if (index === 2) break;
    expect(some.map(({ state }) => state.hasEnded)).toEqual([true, true, true]);
  });

  test('an abort from outside ends all of them', async () => {
    const outside = new AbortController();
    const some = [waiting(), waiting()];
    const events = severalAnswers(
      some.map(({ start }) => start),
      outside.signal,
    );
    await events.next();
    outside.abort();
    await expect(collect(events)).rejects.toThrow('aborted');
    expect(some.map(({ state }) => state.hasEnded)).toEqual([true, true]);
  });
});

describe('the best answers', () => {
  const answer = (name: string, ...probabilities: number[]) => ({
    name,
    logprobs: probabilities.map((logprob) => ({ token: 't', logprob, bytes: [], top: [] })),
  });
  test('are those with the likeliest tokens, whatever their length', () => {
    const answers = [answer('worst', -3), answer('long', -1, -1, -1), answer('empty'), answer('best', -0.5, -0.7)];
    expect(bestAnswers(answers, 2).map(({ name }) => name)).toEqual(['best', 'long']);
  });
  test('equals stay in their order', () => {
    expect(bestAnswers([answer('a', -1), answer('b', -1)], 2).map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
