/**
 * Answers a request within the process as its route would: the same checks, the same handler, no socket. A request is known as one of these
 * by an id that nobody else can know; with it go the signal that cancels it and that it need not be waited for.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { canceled } from '../../core/canceled.ts';
import type { Answer } from '../../usecases/batch/batch-runner.ts';

const dispatchHeader = 'corral-dispatch';

export interface Dispatcher {
  dispatch(path: string, body: object, signal: AbortSignal): Promise<Answer>;
  /** The signal of a dispatched request; undefined for one that came over the network. */
  signalOf(request: IncomingMessage): AbortSignal | undefined;
}

export function createDispatcher(app: () => FastifyInstance): Dispatcher {
  const signals = new Map<string, AbortSignal>();
  return {
    async dispatch(path, body, signal) {
      const id = randomUUID();
      signals.set(id, signal);
      try {
        const headers = { host: '127.0.0.1', [dispatchHeader]: id };
        const reply = await app().inject({ method: 'POST', url: path, headers, payload: JSON.stringify(body) });
        if (signal.aborted) throw canceled();
        return {
          status: reply.statusCode,
          requestId: String(reply.headers['x-request-id']),
          body: jsonOrText(reply.payload),
        };
      } finally {
        signals.delete(id);
      }
    },
    signalOf(request) {
      const id = request.headers[dispatchHeader];
      const signal = typeof id === 'string' ? signals.get(id) : undefined;
      // Its body is here in full, which nothing but a socket would say: an error would wait for the rest.
      if (signal !== undefined) request.complete = true;
      return signal;
    },
  };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
