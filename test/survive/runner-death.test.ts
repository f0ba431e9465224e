/** A model's runner may die at any moment, by the kernel's hand for want of memory above all. Only what it was doing is lost. */
import { beforeAll, describe, expect, test } from 'vitest';
import { answered, endless, lines, loaded, post, shortAnswer, type AnswerLine } from '../support/api-client.ts';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { until } from '../support/until.ts';

/** Promised to clients: after this they know. */
const noticeMs = 2_000;

describe('a runner that is killed', () => {
  let server: CorralServer;
  beforeAll(async () => {
    server = await startCorral();
    return () => server.stop();
  });

  async function onlyRunner(): Promise<number> {
    await shortAnswer(server);
    const runners = server.runners();
    expect(runners).toHaveLength(1);
    return runners[0] ?? -1;
  }

  test('ends every stream it was writing with an error, and the next request is answered by a new one', async () => {
    const runner = await onlyRunner();
    const streams = ['red blue', 'one two', 'cat dog'].map((words) => lines(server, endless(words, 3000)));
    for (const stream of streams) expect((await stream.next()).value).toMatchObject({ done: false });

    process.kill(runner, 'SIGKILL');
    const killedAt = Date.now();
    const lasts = await Promise.all(streams.map(lastLine));
    expect(Date.now() - killedAt).toBeLessThan(noticeMs);
    for (const last of lasts) expect(last.error).toMatch(/^model runner has unexpectedly stopped/);

    expect(server.hasEnded()).toBe(false);
    expect((await shortAnswer(server)).response).not.toBe('');
    expect(server.runners()).not.toContain(runner);
  });

  test('answers a request that waited for its whole text with status 500', async () => {
    const runner = await onlyRunner();
    const streaming = lines(server, endless('left right', 3000));
    await streaming.next();
    const waiting = post(server, '/api/generate', { ...endless('yes no', 3000), stream: false });
    await streaming.next();

    process.kill(runner, 'SIGKILL');
    const killedAt = Date.now();
    const { status, text } = await waiting;
    expect(Date.now() - killedAt).toBeLessThan(noticeMs);
    expect({ status, text }).toEqual({ status: 500, text: expect.stringContaining('model runner has unexpectedly') });
    await lastLine(streaming);
  });

  test('while it loads, fails the request that asked for the model, and the next one loads it again', async () => {
    await shortAnswer(server, { keep_alive: 0 });
    await until('the runner has gone', () => server.runners().length === 0);
    const asked = post(server, '/api/generate', { ...endless('red blue', 3000), stream: false });
    const runner = await until('a runner has started', () => server.runners()[0]);
    process.kill(runner, 'SIGKILL');
    const { status, text } = await asked;
    expect({ status, body: JSON.parse(text) as unknown }).toEqual({ status: 500, body: { error: expect.any(String) } });
    expect((await shortAnswer(server)).response).not.toBe('');
  });

  test('leaves the stream of another model alone', async () => {
    const request = endless('1 2 3 4', 120);
    const undisturbed = await textOf(lines(server, request));
    const chatRunner = await onlyRunner();
    await answered(server, '/api/embed', { model: embeddingModel, input: 'x' });
    const embeddingRunner = server.runners().find((pid) => pid !== chatRunner) ?? -1;
    expect(await loaded(server)).toHaveLength(2);

    const stream = lines(server, request);
    let text = (await stream.next()).value?.response ?? '';
    const input = Array.from({ length: 400 }, (_, index) => `text ${index} `.repeat(60));
    const embedding = post(server, '/api/embed', { model: embeddingModel, input });
    text += (await stream.next()).value?.response ?? '';
    process.kill(embeddingRunner, 'SIGKILL');
    const killedAt = Date.now();
    expect((await embedding).status).toBe(500);
    expect(Date.now() - killedAt).toBeLessThan(noticeMs);

    text += await textOf(stream);
    expect(text).toBe(undisturbed);
    expect(await loaded(server)).toEqual([chatModel]);
    const { embeddings } = await answered(server, '/api/embed', { model: embeddingModel, input: 'x' });
    expect(embeddings).toHaveLength(1);
  });
});

async function lastLine(stream: AsyncIterable<AnswerLine>): Promise<AnswerLine> {
  let last: AnswerLine = {};
  for await (const line of stream) last = line;
  return last;
}

async function textOf(stream: AsyncIterable<AnswerLine>): Promise<string> {
  let text = '';
  for await (const line of stream) text += line.response ?? '';
  return text;
}
