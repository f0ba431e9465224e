import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { canceled } from '../core/canceled.ts';
import { CorralError } from '../core/corral-error.ts';
import { doneEvent, type Script } from '../usecases/test-runner.ts';
import { parseLines, send, startTestServer, until, type TestServer } from './test-server.ts';

async function withServer<Result>(script: Script, use: (server: TestServer) => Promise<Result>): Promise<Result> {
  const server = await startTestServer({ script });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

const body = { model: 'smollm2:135m', messages: [{ role: 'user', content: 'Hi' }] };

/** A request whose reply is not read until told. */
function openChat(port: number): Promise<{ request: http.ClientRequest; response: http.IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/api/chat', method: 'POST', agent: false as const };
    const request = http.request(options, (response) => resolve({ request, response }));
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

function fail(failure: Error): Script {
  return async function* () {
    await Promise.resolve();
    yield* [];
    throw failure;
  };
}

describe('a stream', () => {
  it('answers an error before its first line with a status', async () => {
    const reply = await withServer(fail(new CorralError('runner_crashed', 'it crashed')), ({ port }) =>
      send(port, '/api/chat', { body }),
    );
    expect(reply).toMatchObject({ status: 500, text: '{"error":"it crashed"}' });
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('ends with an error line when the error comes later', async () => {
    const script: Script = async function* () {
      yield { type: 'text', text: 'a' };
      throw new CorralError('runner_crashed', 'it crashed');
    };
    const reply = await withServer(script, ({ port }) => send(port, '/api/chat', { body }));
    expect(reply.status).toBe(200);
    expect(parseLines(reply.text).at(-1)).toEqual({ error: 'it crashed' });
  });

  it('says nothing of a foreign error and no folder of the machine, but logs both', async () => {
    await withServer(fail(new Error('ENOENT: /home/someone/secret')), async ({ port, logLines }) => {
      const reply = await send(port, '/api/chat', { body });
      expect(reply.text).toBe('{"error":"internal error, the log of the server has the details"}');
      expect(logLines.join('')).toContain('/home/someone/secret');
    });
    await withServer(
      fail(new CorralError('load_failed', 'no /nonexistent/.ollama/x', { hint: 'Try.' })),
      async ({ port, logLines }) => {
        const reply = await send(port, '/api/chat', { body });
        expect(reply.text).toBe('{"error":"no …/x"}');
        expect(logLines.join('')).toContain('hint=Try.');
      },
    );
  });

  it('sends every piece as it comes', async () => {
    let goOn = () => {};
    const script: Script = async function* () {
      yield { type: 'text', text: 'first' };
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      yield doneEvent();
    };
    await withServer(script, async ({ port }) => {
      const { response } = await openChat(port);
      const first = await new Promise<Buffer>((resolve) => response.once('data', resolve));
      expect(parseLines(String(first))).toHaveLength(1);
      goOn();
      await new Promise((resolve) => response.resume().once('end', resolve));
    });
  });

  it('aborts the generation and gives the runner back when the client goes away', async () => {
    let aborted = false;
    const script: Script = async function* (_, signal) {
      yield { type: 'text', text: 'a' };
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      aborted = true;
      throw canceled();
    };
    await withServer(script, async ({ port, pool }) => {
      const { request, response } = await openChat(port);
      response.on('error', () => {});
      expect(pool.openLeases()).toBe(1);
      request.destroy();
      await until(() => aborted && pool.openLeases() === 0);
    });
  });

  it('takes nothing more from the model while the client does not read', async () => {
    const text = 'x'.repeat(100_000);
    const most = 5_000;
    let taken = 0;
    const script: Script = async function* (_, signal) {
      for (; taken < most && !signal.aborted; taken++) {
        yield { type: 'text', text };
        if (taken % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      yield doneEvent();
    };
    await withServer(script, async ({ port, pool }) => {
      const { request, response } = await openChat(port);
      response.on('error', () => {});
      let before = -1;
      while (before !== taken) {
        before = taken;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      // The kernel's buffers of both ends hold some megabytes; the rest was never made.
      expect(taken).toBeLessThan(most / 5);
      response.resume();
      await until(() => taken > before);
      request.destroy();
      await until(() => pool.openLeases() === 0);
    });
  });
});
