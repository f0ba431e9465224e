import { z } from 'zod';
import type { InputItem } from '../../api/openai/response-items.ts';
import { parseWire } from '../../api/wire-schema.ts';
import { CorralError } from '../../core/corral-error.ts';
import { pageFields } from './page-fields.ts';

/** OpenAI's own limits. */
const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().optional(),
});

/** One page of a response's input, as OpenAI lists anything: the last item first unless `order` says otherwise. */
export function inputItemPage(items: readonly InputItem[], search: URLSearchParams): object {
  const { limit, order, after } = parseWire(query, Object.fromEntries(search));
  const ordered = order === 'asc' ? items : items.toReversed();
  const start = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) {
    throw new CorralError('bad_request', `Item with id '${after}' not found.`, { param: 'after' });
  }
  return pageFields(ordered, start, limit);
}
