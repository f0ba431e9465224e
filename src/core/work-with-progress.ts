/** Work that calls back with its progress, as a generator that yields it: between the two lies a queue that holds the newest only. */

/**
 * Runs `work` and yields what it reports; returns its result. A report that nobody has taken yet is replaced by the next one. When the
 * consumer leaves early the work goes on until it notices its own signal; the generator waits for it, so nothing runs unowned.
 */
export async function* workWithProgress<Report, Result>(
  work: (report: (report: Report) => void) => Promise<Result>,
): AsyncGenerator<Report, Result, undefined> {
  let newest: { readonly report: Report } | undefined;
  let wake: () => void = () => {};
  let settled = false;
  const running = work((report) => {
    newest = { report };
    wake();
  }).finally(() => {
    settled = true;
    wake();
  });
  // Awaited below in every case; without this a failure before that would count as unhandled.
  running.catch(() => {});
  try {
    for (;;) {
      if (newest !== undefined) {
        const { report } = newest;
        newest = undefined;
        yield report;
      } else if (settled) {
        return await running;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    await running.catch(() => {});
  }
}
