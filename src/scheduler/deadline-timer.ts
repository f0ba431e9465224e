/** One timer on the monotonic clock (`performance.now()`), so that a corrected wall clock shortens or lengthens no keep-alive. */

export interface DeadlineTimer {
  /** Replaces the deadline; undefined = none. */
  set(atMs: number | undefined): void;
}

// setTimeout fires at once for anything longer (2^31 ms, 24.8 days); ringing early instead is harmless.
const longestDelayMs = 2 ** 31 - 1;

/** `ring` may come before the deadline; it is then for the caller to set it again. */
export function createDeadlineTimer(ring: () => void): DeadlineTimer {
  let timeout: NodeJS.Timeout | undefined;
  return {
    set(atMs) {
      clearTimeout(timeout);
      if (atMs === undefined) return;
      const delayMs = Math.min(Math.ceil(atMs - performance.now()), longestDelayMs);
      // A model that is still to expire is no reason to keep a server alive that has otherwise ended.
      timeout = setTimeout(ring, delayMs).unref();
    },
  };
}
