import type { IncomingMessage } from 'node:http';

/** What stands behind the question mark of a request's address. */
export function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
}
