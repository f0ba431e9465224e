/** Trying again: after which errors, how often and how long after. */
import { setTimeout as sleep } from 'node:timers/promises';
import { canceled } from '../core/canceled.ts';
import { RegistryError } from './registry-error.ts';

export interface RetryPolicy {
  /** Tries in all. */
  readonly tries: number;
  /** The first wait; each further one is twice as long. */
  readonly firstWaitMs: number;
}

/** For transfers: half a minute in all is a switch that restarts or a phone that changes its network. */
export const transferRetries: RetryPolicy = { tries: 6, firstWaitMs: 1000 };

/** For small requests, where a person waits for the answer. */
export const requestRetries: RetryPolicy = { tries: 3, firstWaitMs: 500 };

/** Whether and after how long to try again when try `tried` (from 1) failed with `error`; undefined = not. */
export function retryWaitMs(error: unknown, tried: number, policy: RetryPolicy): number | undefined {
  if (!(error instanceof RegistryError) || !error.temporary || tried >= policy.tries) return undefined;
  // Half as much again at random: clients that were cut at once don't all come back at once.
  const waitMs = policy.firstWaitMs * 2 ** (tried - 1) * (1 + Math.random() / 2);
  return Math.max(waitMs, error.retryAfterMs ?? 0);
}

/** Resolves after `waitMs`; rejects with `canceled` when the signal aborts. */
export async function waitToRetry(waitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(waitMs, undefined, { signal });
  } catch (error) {
    throw canceled(error);
  }
}

/** Does `action` until it succeeds or its error is final. */
export async function retrying<Result>(
  policy: RetryPolicy,
  signal: AbortSignal,
  action: () => Promise<Result>,
): Promise<Result> {
  for (let tried = 1; ; tried++) {
    try {
      return await action();
    } catch (error) {
      const waitMs = retryWaitMs(error, tried, policy);
      if (waitMs === undefined) throw error;
      await waitToRetry(waitMs, signal);
    }
  }
}
