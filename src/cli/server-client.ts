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
import { errorOfReply, serverError } from './server-error.ts';

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
  readJson(method: 'GET' | 'POST', path: string, body: unknown, options: RequestOptions): Promise<unknown>;
  /** The reply's NDJSON values as they come; an `{"error"}` line throws. */
  readStream(path: string, body: unknown, options: RequestOptions): AsyncGenerator;
}

/** An error reply is a line of text; more than this is not read. */
const maxErrorBytes = 1024 * 1024;
/** A JSON reply is held whole; the largest real ones (verbose show of a 256k vocabulary) are about 30 MB. */
const maxReplyBytes = 512 * 1024 * 1024;

export function createServerClient({ host, startServer }: ServerClientOptions): ServerClient {
  const target = { ...host, hostname: connectHostname(host.hostname) };
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
      if (!isRefused(thrown) || startServer === undefined || !isLoopback(target.hostname))
        throw connectError(thrown, target);
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
    const reply = await open(method, path, body, options);
    const status = reply.statusCode ?? 0;
    if (status < 400) return reply;
    throw errorOfReply(status, await readErrorText(reply, options.signal), reply.headers['corral-hint']);
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
              `${addressOf(target)} does not answer like an Ollama or Corral server`,
            )
          : brokenError(thrown, options.signal);
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

/** A server that listens on every address is reached on this machine's own. */
function connectHostname(hostname: string): string {
  if (hostname === '0.0.0.0' || hostname === '') return '127.0.0.1';
  return hostname === '::' || hostname === '[::]' ? '::1' : hostname.replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '::1' || hostname.startsWith('127.');
}

function addressOf(target: HostAddress): string {
  return `${target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname}:${target.port}`;
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
  return new CorralError('server_unreachable', `could not connect to a server at ${addressOf(target)}${reason}`, {
    cause: thrown,
    hint: isLoopback(target.hostname)
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
