import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { ErrorCode } from '../core/corral-error.ts';

/** One request and its reply. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What stands in the path where the route's path has `:name`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Aborted as soon as the client has gone away. */
  readonly signal: AbortSignal;
}

/** An error as one API's clients know it. */
export interface ErrorShape {
  readonly api: 'openai' | 'anthropic';
  /** The body of an error reply; what the handler has set on `response` is known to it. */
  body(error: WireError, response: ServerResponse): object;
  /** HTTP status, where this API's differs. */
  status?(error: WireError): number;
  /** What ends a stream that has begun, framing included; undefined = the connection is broken off. */
  streamEnd?(error: WireError, response: ServerResponse): string;
}

/** What may be told of an error. */
export interface WireError {
  readonly code: ErrorCode;
  readonly status: number;
  /** Without paths and secrets. */
  readonly message: string;
  /** The field at fault. */
  readonly param: string | undefined;
}

/** Answers an exchange in full, or throws before or while it does. */
export type Handler = (exchange: Exchange) => Promise<void> | void;

export interface Route {
  /** A part that begins with a colon stands for any one part: `/api/blobs/:digest`. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE')[];
  readonly handle: Handler;
  /** How this API's clients expect an error; Ollama's way where it is left out. */
  readonly errors?: ErrorShape;
  /** What /openapi.json tells of it. */
  readonly api: RouteApi;
}

export interface RouteApi {
  readonly summary: string;
  /** What a path's `*` stands for; it may hold slashes. */
  readonly rest?: string;
  /** The schema that checks a JSON body; or what kind of body it is otherwise. undefined = none. */
  readonly request?: z.ZodType | 'bytes' | 'upload';
  /** The kinds of body that a success may have; undefined = JSON. */
  readonly replies?: readonly ('json' | 'ndjson' | 'sse' | 'text' | 'bytes' | 'empty')[];
}
