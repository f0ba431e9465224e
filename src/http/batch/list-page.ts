/** A page of a list as OpenAI's clients ask for it: `?limit=20&after=<id>`. */
import { CorralError } from '../../core/corral-error.ts';
import { pageFields } from '../openai/page-fields.ts';

/** `mostItems` is also what is given when the client names no number. */
export function listPage(query: URLSearchParams, items: readonly { readonly id: string }[], mostItems: number): object {
  const limit = limitOf(query, mostItems);
  const after = query.get('after');
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0)
    throw new CorralError('bad_request', 'no such object in the list', { param: 'after' });
  return pageFields(items, start, limit);
}

function limitOf(query: URLSearchParams, mostItems: number): number {
  const text = query.get('limit');
  if (text === null) return mostItems;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1) return Math.min(limit, mostItems);
  throw new CorralError('bad_request', 'expected a number of at least 1', { param: 'limit' });
}
