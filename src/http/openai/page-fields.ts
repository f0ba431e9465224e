/** A page of a list as OpenAI's clients know it: `limit` items from `start` on. */
export function pageFields(
  items: readonly { readonly id?: string | undefined }[],
  start: number,
  limit: number,
): object {
  const data = items.slice(start, start + limit);
  const hasMore = start + limit < items.length;
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
}
