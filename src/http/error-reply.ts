/**
 * The one place where an error becomes a reply. The body holds the error's message alone, which clients match on; the hint goes into a
 * header that Corral's own command line shows, and with the cause into the log.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toCorralError, type CorralError } from '../core/corral-error.ts';
import type { Logger } from '../core/logger.ts';
import type { ErrorShape } from './exchange.ts';
import { createWireErrors } from './wire-error.ts';
import { requestIdOf } from './request-id.ts';
import { writeJson } from './write-reply.ts';

export interface ErrorReplier {
  /** Answers with an error; once a reply has begun, ends it with an error line if it is a stream, otherwise by breaking it off. */
  reply(request: IncomingMessage, response: ServerResponse, thrown: unknown, shape?: ErrorShape): void;
}

export interface ErrorReplierOptions {
  readonly logger: Logger;
  /** Folders whose names never leave the machine. */
  readonly privateFolders: readonly string[];
}

/** How long a client that still sends a refused body is listened to, so that it gets to read the refusal. */
const lingerMs = 2_000;

/** Percent-encoded, since a hint may hold any character. */
const hintHeader = 'corral-hint';

export const ndjsonType = 'application/x-ndjson';
export const eventStreamType = 'text/event-stream';
const streamTypes: ReadonlySet<string> = new Set([ndjsonType, eventStreamType]);

const ollamaErrors: Omit<ErrorShape, 'api'> = {
  body: ({ message }) => ({ error: message }),
  streamEnd: ({ message }) => JSON.stringify({ error: message }) + '\n',
};

export function createErrorReplier({ logger, privateFolders }: ErrorReplierOptions): ErrorReplier {
  const toWireError = createWireErrors(privateFolders);

  return {
    reply(request, response, thrown, shape: Omit<ErrorShape, 'api'> = ollamaErrors) {
      const error = toCorralError(thrown);
      log(logger, request, requestIdOf(response), error);
      if (response.destroyed || response.writableEnded) return;
      const inner = toWireError(error);
      const told = { ...inner, status: shape.status?.(inner) ?? inner.status };
      const body = shape.body(told, response);
      if (response.headersSent) {
        const isStream = streamTypes.has(String(response.getHeader('content-type')));
        const end = isStream ? shape.streamEnd?.(told, response) : undefined;
        if (end === undefined) response.destroy();
        else response.end(end);
      } else if (request.complete) {
        if (error.hint !== undefined) response.setHeader(hintHeader, encodeURIComponent(error.hint));
        writeJson(response, told.status, body);
      } else {
        refuseBody(request, response, told.status, JSON.stringify(body));
      }
    },
  };
}

function log(logger: Logger, request: IncomingMessage, id: string | undefined, error: CorralError): void {
  const { code, status, message, hint, cause } = error;
  if (code === 'canceled') return;
  const path = request.url?.split('?')[0];
  const fields = { path, status, code, reason: message, hint, id, cause: causeText(cause) };
  if (status < 500) logger.debug('request refused', fields);
  else logger.error('request failed', fields);
}

function causeText(cause: unknown): string | undefined {
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return typeof cause === 'string' ? cause : undefined;
}

/**
 * Refuses a body that is still on its way. Closing at once would reset the connection and the client would lose the reply, so the rest
 * is read and thrown away for a moment; then the connection is closed, whatever still comes.
 */
function refuseBody(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    Connection: 'close',
  });
  response.write(body);
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, lingerMs);
  timer.unref();
  request.once('end', finish).once('close', finish).once('error', finish);
  request.resume();
}
