/** Runs all items, `streams` of them at a time; the results are in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  streams: number,
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: streams }, worker));
  return results;
}
