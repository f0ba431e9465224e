/** More at once than there is room for: everyone gets an answer, if only that there is no room. */
import net from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { answered, endless, greedy, lines, post, shortAnswer, type AnswerLine } from '../support/api-client.ts';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { openFileCount } from '../support/process-facts.ts';
import { until } from '../support/until.ts';

describe('a server with many clients', () => {
  let server: CorralServer;
  beforeAll(async () => {
    server = await startCorral();
    return () => server.stop();
  });

  test('answers 64 requests at once, for two models that are not loaded yet', async () => {
    const answers = Array.from({ length: 64 }, async (_, index) => {
      if (index % 8 === 0) {
        const { embeddings } = await answered(server, '/api/embed', { model: embeddingModel, input: `text ${index}` });
        return embeddings?.[0]?.length ?? 0;
      }
      const { eval_count: tokens } = await oneAnswer(server, { ...greedy(`${index} red blue red`, 4), raw: true });
      return tokens ?? 0;
    });
    for (const size of await Promise.all(answers)) expect(size).toBeGreaterThan(0);
  });

  test('goes on while 200 others have said only half of what they want', async () => {
    const ask = () => oneAnswer(server, endless('red blue', 6));
    const { response: undisturbed } = await ask();
    const filesBefore = openFileCount(server.pid);
    const halves = [
      'POST /api/gen',
      'POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Le',
      'POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"model":',
      'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"mod',
    ];
    const sockets = await Promise.all(
      Array.from({ length: 200 }, (_, index) => openConnection(server.port, halves[index % halves.length] ?? '')),
    );
    await until('all are connected', () => openFileCount(server.pid) >= filesBefore + 200);

    for (const { response } of await Promise.all([ask(), ask(), ask(), ask()])) expect(response).toBe(undisturbed);

    for (const socket of sockets) socket.destroy();
    await until('no connection is left over', () => openFileCount(server.pid) < filesBefore + 20);
    expect(server.hasEnded()).toBe(false);
    expect((await ask()).response).toBe(undisturbed);
  });
});

describe('a server with a queue of two', () => {
  const busy = 'server busy, please try again.  maximum pending requests exceeded';
  let server: CorralServer;
  beforeAll(async () => {
    server = await startCorral({ OLLAMA_MAX_QUEUE: '2', OLLAMA_NUM_PARALLEL: '1' });
    return () => server.stop();
  });

  test('refuses with 503 what comes beyond it while the model loads, and answers the rest', async () => {
    const replies = await Promise.all(
      Array.from({ length: 16 }, () => post(server, '/api/generate', { ...endless('red blue', 4), stream: false })),
    );
    const outcomes = replies.map(({ status, text }) => {
      const { error, eval_count: tokens } = JSON.parse(text) as AnswerLine;
      return { status, error, tokens };
    });
    const answer = { status: 200, error: undefined, tokens: 4 };
    const refusal = { status: 503, error: busy, tokens: undefined };
    for (const outcome of outcomes) expect([answer, refusal]).toContainEqual(outcome);
    // One is being served and two wait; more were let in if those were quick.
    expect(outcomes.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(outcomes).toContainEqual(refusal);
    expect((await shortAnswer(server)).response).not.toBe('');
  });

  test('does the same while the model is busy, and its other routes stay open', async () => {
    const leaving = new AbortController();
    const stream = lines(server, endless('one two', 3000), leaving.signal);
    await stream.next();
    const pending = Array.from({ length: 12 }, () =>
      post(server, '/api/chat', {
        model: chatModel,
        messages: [{ role: 'user', content: 'Name a colour.' }],
        options: { num_predict: 4 },
        stream: false,
      }),
    );
    const firstRefusal = await Promise.race(pending);
    expect(firstRefusal.status).toBe(503);
    expect((await fetch(`${server.url}/api/tags`)).status).toBe(200);
    leaving.abort();
    const statuses = (await Promise.all(pending)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
  });
});

/** A whole answer to a request that is written for streaming. */
function oneAnswer(server: CorralServer, body: Readonly<Record<string, unknown>>): Promise<AnswerLine> {
  return answered(server, '/api/generate', { ...body, stream: false });
}

function openConnection(port: number, firstBytes: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(firstBytes, () => resolve(socket));
    });
    // Once connected, the server may close it; that is for the test to see in other ways.
    socket.on('error', reject);
  });
}
