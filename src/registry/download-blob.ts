/**
 * A blob from a registry into a target that may hold some of it already. Streams take one part after the other; how many there are follows
 * the measured throughput (`stream-plan.ts`). The first stream goes alone, to see whether the registry serves ranges at all.
 */
import type { Digest } from '../formats/digest.ts';
import type { BandwidthLimit } from './bandwidth-limit.ts';
import { isComplete, type BlobTransfer } from './blob-transfer.ts';
import { downloadPart } from './download-part.ts';
import type { DownloadTarget } from './download-target.ts';
import type { RegistrySession } from './registry-session.ts';
import { transferRetries, type RetryPolicy } from './retry.ts';
import { firstStreamPlan, nextStreamPlan } from './stream-plan.ts';

export interface DownloadBlobOptions {
  readonly session: RegistrySession;
  readonly digest: Digest;
  readonly target: DownloadTarget;
  readonly limit: BandwidthLimit;
  readonly signal: AbortSignal;
  readonly timing: DownloadTiming;
}

export interface DownloadTiming {
  readonly retries: RetryPolicy;
  readonly stallMs: number;
  readonly windowMs: number;
}

export const usualTiming: DownloadTiming = { retries: transferRetries, stallMs: 30_000, windowMs: 500 };

/**
 * Resolves when the target has every byte; nobody has compared them with the digest then. Throws RegistryError (what has arrived stays in
 * the target), `store_write`, `canceled`.
 */
export async function downloadBlob(options: DownloadBlobOptions): Promise<void> {
  const { target, timing, signal } = options;
  const pending = target.parts.filter((part) => !isComplete(part));
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  let plan = firstStreamPlan;
  let windowBytes = 0;
  let windowFailures = 0;
  const transfer: BlobTransfer = {
    ...options,
    retries: timing.retries,
    stallMs: timing.stallMs,
    ranges: 'unknown',
    onBytes(bytes) {
      windowBytes += bytes;
    },
    onFailure() {
      windowFailures++;
    },
    signal: stop.signal,
  };

  const streams = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const allowed = () => (transfer.ranges === 'served' ? plan.streams : 1);

  async function runStream(): Promise<void> {
    while (failures.length === 0 && streams.size <= allowed()) {
      const part = pending.shift();
      if (part === undefined) return;
      await downloadPart(part, transfer);
    }
  }

  function openStreams(): void {
    while (failures.length === 0 && pending.length > 0 && streams.size < allowed()) {
      const stream: Promise<void> = runStream()
        .catch((error: unknown) => {
          failures.push(error);
          stop.abort();
        })
        .finally(() => streams.delete(stream));
      streams.add(stream);
    }
  }

  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) stop.abort();
  const window = setInterval(() => {
    const bytesPerSecond = (windowBytes * 1000) / timing.windowMs;
    plan = nextStreamPlan(plan, { bytesPerSecond, failures: windowFailures });
    windowBytes = 0;
    windowFailures = 0;
    openStreams();
  }, timing.windowMs);
  try {
    openStreams();
    while (streams.size > 0) {
      await Promise.race(streams);
      openStreams();
    }
    // Those after it were ended because of the first.
    if (failures.length > 0) throw failures[0];
  } finally {
    clearInterval(window);
    signal.removeEventListener('abort', onAbort);
  }
}
