/**
 * A reply's bytes on their way into parts of a download: what is there already is passed over, what belongs to no part ends the reply.
 * Only silence of the line counts as a stall, not our own waiting for the disk or for the bandwidth limit.
 */
import type { BandwidthLimit } from './bandwidth-limit.ts';
import type { DownloadPart, DownloadTarget } from './download-target.ts';

export interface ReceiveOptions {
  readonly target: DownloadTarget;
  /** Where the bytes belong, in order. */
  readonly parts: readonly DownloadPart[];
  /** Where in the blob the reply's first byte belongs. */
  readonly from: number;
  readonly limit: BandwidthLimit;
  readonly stallMs: number;
  /** Called once when nothing came for `stallMs`; it has to end the reply. */
  readonly onStall: () => void;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Resolves when the reply has ended or all parts are complete. Rejects with what ends the body, or with `store_write`. */
export async function receiveBytes(body: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<void> {
  const { target, parts, from, limit, stallMs, onStall, onBytes, signal } = options;
  const lastPart = parts.at(-1);
  const end = lastPart === undefined ? from : lastPart.offset + lastPart.sizeBytes;
  let position = from;
  let waitingSinceMs: number | undefined = performance.now();
  const watch = setInterval(
    () => {
      if (waitingSinceMs !== undefined && performance.now() - waitingSinceMs > stallMs) onStall();
    },
    Math.min(1000, stallMs / 2),
  );
  try {
    for await (const chunk of body) {
      waitingSinceMs = undefined;
      for (const part of parts) await appendOverlap(target, part, position, chunk);
      position += chunk.byteLength;
      onBytes(chunk.byteLength);
      await limit.take(chunk.byteLength, signal);
      if (position >= end) return;
      waitingSinceMs = performance.now();
    }
  } finally {
    clearInterval(watch);
  }
}

/** Appends what the part still lacks of the bytes at `position`. */
async function appendOverlap(
  target: DownloadTarget,
  part: DownloadPart,
  position: number,
  bytes: Uint8Array,
): Promise<void> {
  const wanted = part.offset + part.completedBytes;
  const end = Math.min(part.offset + part.sizeBytes, position + bytes.byteLength);
  if (wanted < position || wanted >= end) return;
  await target.append(part, bytes.subarray(wanted - position, end - position));
}
