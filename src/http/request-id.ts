/** A name for each request, in its reply and in the log, so that the two can be put together. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export const requestIdHeader = 'X-Request-Id';

/** What an id may be made of. A client's own is written to the log and sent back, so it is short and has nothing that could be markup. */
const sane = /^[\w.:+/=@-]{1,128}$/;

/** The client's own id if it sent a sane one, otherwise a new one. */
export function requestId(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && sane.test(sent) ? sent : randomUUID();
}

/** The id that was given to the request of this reply. */
export function requestIdOf(response: ServerResponse): string | undefined {
  const id = response.getHeader(requestIdHeader);
  return typeof id === 'string' ? id : undefined;
}
