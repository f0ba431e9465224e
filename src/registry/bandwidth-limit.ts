/**
 * A cap on bytes per second that all transfers share: a bucket that fills at the cap's rate and may run into debt. Whoever took too much
 * waits until the debt is paid, so bursts never exceed what one caller takes at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface BandwidthLimit {
  /** Resolves when `bytes` that just went over the line are within the cap. Rejects when the signal aborts. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
}

/** Waits shorter than this are put off: timers are not that exact. */
const shortestWaitMs = 5;

/** `bytesPerSecond` 0 is no cap. */
export function createBandwidthLimit(bytesPerSecond: number): BandwidthLimit {
  if (bytesPerSecond === 0) return { take: () => Promise.resolve() };
  let paidUntilMs = performance.now();
  return {
    async take(bytes, signal) {
      const nowMs = performance.now();
      paidUntilMs = Math.max(paidUntilMs, nowMs) + (bytes / bytesPerSecond) * 1000;
      const waitMs = paidUntilMs - nowMs;
      if (waitMs >= shortestWaitMs) await sleep(waitMs, undefined, { signal });
    },
  };
}
