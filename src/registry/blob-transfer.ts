/** What the streams of one download share. */
import type { Digest } from '../formats/digest.ts';
import type { BandwidthLimit } from './bandwidth-limit.ts';
import type { DownloadPart, DownloadTarget } from './download-target.ts';
import type { RegistrySession } from './registry-session.ts';
import type { RetryPolicy } from './retry.ts';

export interface BlobTransfer {
  readonly session: RegistrySession;
  readonly digest: Digest;
  readonly target: DownloadTarget;
  readonly limit: BandwidthLimit;
  readonly retries: RetryPolicy;
  /** Silence after which a stream is given up and opened anew. */
  readonly stallMs: number;
  /** Whether the registry answers ranges. While unknown, or once refused, there is one stream alone. */
  ranges: 'unknown' | 'served' | 'refused';
  readonly onBytes: (bytes: number) => void;
  /** A stream broke or stalled. */
  readonly onFailure: () => void;
  readonly signal: AbortSignal;
}

export function isComplete(part: DownloadPart): boolean {
  return part.completedBytes === part.sizeBytes;
}
