/** Decimal megabytes per second since `startedMs` of performance.now(). */
export function megabytesPerSecond(sizeBytes: number, startedMs: number): number {
  return sizeBytes / 1000 / (performance.now() - startedMs);
}
