/** Nanoseconds since it was started; never 0, because clients take a missing duration for an older server. */
export function startStopwatch(): () => number {
  const startedAtMs = performance.now();
  return () => Math.max(1, Math.round((performance.now() - startedAtMs) * 1e6));
}
