/**
 * The one way from a command to the server: JSON over HTTP on a keep-alive connection.
 *
 * A request is sent at once, without asking first whether a server is there. When the connection is refused on loopback a
 * background server is started and the request is sent again. `node:http` instead of `fetch`, which takes about 30 ms longer to load.
 */
import http from 'node:http';
import type { HostAddress } from '../config/settings.ts';
import { CorralError } from '../core/corral-error.ts';
import { readNdjson } from '../core/ndjson-reader.ts';
import { asRecord, textField } from './json-fields.ts';
import { addressText, connectAddress, isLoopback } from './server-address.ts';
import { errorOfReply, serverError } from './server-error.ts';
import type { UploadBody } from './server-upload.ts';

export interface ServerClientOptions {
  readonly host: HostAddress;
  /** Called when nothing listens on a loopback host; undefined = a refused connection is an error. */
  readonly startServer?: (() => Promise<void>) | undefined;
}

interface RequestOptions {
  readonly signal: AbortSignal;
  /** Called when the request has been written to the server: from here on there is time to spare. */
  readonly onSent?: () => void;
}

export interface ServerClient {
  /** The reply's JSON. Throws CorralError for an error status, a refused or broken connection, or an abort (`canceled`). */
  readJson(method: 'GET' | 'POST' | 'DELETE', path: string, body: unknown, options: RequestOptions): Promise<unknown>;
  /** For requests whose reply says nothing but that they were done. Throws as `readJson`. */
  send(method: 'POST' | 'DELETE', path: string, body: unknown, options: RequestOptions): Promise<void>;
  /** Whether the server has what `path` names. Throws as `readJson`. */
  exists(path: string, options: RequestOptions): Promise<boolean>;
  /** Posts a file's bytes; ask something else first, because this one starts no server. Throws as `readJson`. */
  upload(path: string, body: UploadBody, options: RequestOptions): Promise<void>;
  /** The reply's NDJSON values as they come; an `{"error"}` line throws. */
  readStream(path: string, body: unknown, options: RequestOptions): AsyncGenerator;
}

/** An error reply is a line of text; more than this is not read. */
const maxErrorBytes = 1024 * 1024;
/** A JSON reply is held whole; the largest real ones (verbose show of a 256k vocabulary) are about 30 MB. */
const maxReplyBytes = 512 * 1024 * 1024;

export function createServerClient({ host, startServer }: ServerClientOptions): ServerClient {
  const target = connectAddress(host);
  const connect = connector(target);

  async function open(
    method: string,
    path: string,
    body: unknown,
    options: RequestOptions,
  ): Promise<http.IncomingMessage> {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    try {
      return await connect(method, path, payload, options);
    } catch (thrown) {
      if (!isRefused(thrown) || startServer === undefined || !isLoopback(target)) throw connectError(thrown, target);
    }
    await startServer();
    try {
      return await connect(method, path, payload, options);
    } catch (thrown) {
      throw connectError(thrown, target);
    }
  }

  async function openOk(
    method: string,
    path: string,
    body: unknown,
    options: RequestOptions,
  ): Promise<http.IncomingMessage> {
    return await accepted(await open(method, path, body, options), options.signal);
  }

  return {
    async readJson(method, path, body, options) {
      const reply = await openOk(method, path, body, options);
      try {
        return JSON.parse(await readText(reply, maxReplyBytes)) as unknown;
      } catch (thrown) {
        throw thrown instanceof SyntaxError
          ? new CorralError(
              'server_unreachable',
              `${addressText(target)} does not answer like an Ollama or Corral server`,
            )
          : brokenError(thrown, options.signal);
      }
    },
    async send(method, path, body, options) {
      await drained(await openOk(method, path, body, options), options.signal);
    },
    async exists(path, options) {
      const reply = await open('HEAD', path, undefined, options);
      if (reply.statusCode !== 404) await accepted(reply, options.signal);
      await drained(reply, options.signal);
      return reply.statusCode !== 404;
    },
    async upload(path, body, { signal }) {
      const { uploadBody } = await import('./server-upload.ts');
      try {
        await uploadBody(target, path, body, signal, async (reply) => {
          await drained(await accepted(reply, signal), signal);
        });
      } catch (thrown) {
        throw brokenError(thrown, signal);
      }
    },
    async *readStream(path, body, options) {
      const reply = await openOk('POST', path, body, options);
      try {
        for await (const value of readNdjson(reply)) {
          const message = textField(asRecord(value), 'error');
          if (message !== '') throw serverError(message);
          yield value;
        }
      } catch (thrown) {
        throw brokenError(thrown, options.signal);
      } finally {
        reply.destroy();
      }
    },
  };
}

/** The reply, unless its status is an error's. */
async function accepted(reply: http.IncomingMessage, signal: AbortSignal): Promise<http.IncomingMessage> {
  const status = reply.statusCode ?? 0;
  if (status < 400) return reply;
  throw errorOfReply(status, await readErrorText(reply, signal), reply.headers['corral-hint']);
}

/** Reads what is left, so that the connection can be used again. */
async function drained(reply: http.IncomingMessage, signal: AbortSignal): Promise<void> {
  await readErrorText(reply, signal);
}

async function readErrorText(reply: http.IncomingMessage, signal: AbortSignal): Promise<string> {
  try {
    return await readText(reply, maxErrorBytes);
  } catch (thrown) {
    throw brokenError(thrown, signal);
  }
}

type Connect = (
  method: string,
  path: string,
  payload: Buffer | undefined,
  options: RequestOptions,
) => Promise<http.IncomingMessage>;

function connector(target: HostAddress): Connect {
  let agent: http.Agent | undefined;
  return async (method, path, payload, options) => {
    // https is rare (a server behind a proxy), and its module takes long to load.
    const transport = target.scheme === 'https' ? await import('node:https') : http;
    agent ??= new transport.Agent({ keepAlive: true });
    const send = () =>
      new Promise<http.IncomingMessage>((resolve, reject) => {
        const headers =
          payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length };
        const { hostname, port } = target;
        const request = transport.request(
          { agent, hostname, port, path, method, headers, signal: options.signal },
          resolve,
        );
        request.on('error', (error) => reject(request.reusedSocket ? new StaleConnection(error) : error));
        if (options.onSent !== undefined) request.on('finish', options.onSent);
        request.end(payload);
      });
    try {
      return await send();
    } catch (thrown) {
      if (!(thrown instanceof StaleConnection)) throw thrown;
      // The server may close an idle connection just as it is used again; it has not seen the request then.
      if (options.signal.aborted || codeOf(thrown.cause) !== 'ECONNRESET') throw thrown.cause;
      return await send();
    }
  };
}

class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

async function readText(reply: http.IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of reply as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > maxBytes) throw new CorralError('internal', `the server's reply is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function codeOf(thrown: unknown): string {
  return textField(asRecord(thrown), 'code');
}

function isRefused(thrown: unknown): boolean {
  return codeOf(thrown) === 'ECONNREFUSED';
}

function connectError(thrown: unknown, target: HostAddress): CorralError {
  if (thrown instanceof CorralError) return thrown;
  if (isAbort(thrown)) return new CorralError('canceled', 'canceled', { cause: thrown });
  const reason = thrown instanceof Error && !isRefused(thrown) ? ` (${codeOf(thrown) || thrown.message})` : '';
  return new CorralError('server_unreachable', `could not connect to a server at ${addressText(target)}${reason}`, {
    cause: thrown,
    hint: isLoopback(target)
      ? "Start one with 'corral serve'."
      : "OLLAMA_HOST names that server: check that it is right, that 'corral serve' runs there, and that nothing blocks the port.",
  });
}

function brokenError(thrown: unknown, signal: AbortSignal): CorralError {
  if (thrown instanceof CorralError) return thrown;
  // A reply that an abort cuts off reports a reset connection.
  if (signal.aborted) return new CorralError('canceled', 'canceled', { cause: thrown });
  return new CorralError('server_unreachable', 'the server closed the connection before the answer was complete', {
    cause: thrown,
  });
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}
