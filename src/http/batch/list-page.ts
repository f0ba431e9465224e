/** A page of a list as OpenAI's clients ask for it: `?limit=20&after=<id>`. */
import type { IncomingMessage } from 'node:http';
import { CorralError } from '../../core/corral-error.ts';

/** `mostItems` is also what is given when the client names no number. */
export function listPage(query: URLSearchParams, items: readonly { readonly id: string }[], mostItems: number): object {
  const limit = limitOf(query, mostItems);
  const after = query.get('after');
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0)
    throw new CorralError('bad_request', 'no such object in the list', { param: 'after' });
  const data = items.slice(start, start + limit);
  const hasMore = start + limit < items.length;
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
}

function limitOf(query: URLSearchParams, mostItems: number): number {
  const text = query.get('limit');
  if (text === null) return mostItems;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1) return Math.min(limit, mostItems);
  throw new CorralError('bad_request', 'expected a number of at least 1', { param: 'limit' });
}

export function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
}
