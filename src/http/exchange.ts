import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its reply. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What stands in the path where the route's path has `:name`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Aborted as soon as the client has gone away. */
  readonly signal: AbortSignal;
}

/** Answers an exchange in full, or throws before or while it does. */
export type Handler = (exchange: Exchange) => Promise<void> | void;

export interface Route {
  /** A part that begins with a colon stands for any one part: `/api/blobs/:digest`. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE')[];
  readonly handle: Handler;
}
