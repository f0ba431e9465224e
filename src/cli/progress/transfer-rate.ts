/** How fast a transfer is, over the last seconds: the whole's average says little on a line whose speed changes. */

export interface TransferRate {
  add(completedBytes: number, nowMs: number): void;
  /** Undefined until there has been enough to tell. */
  bytesPerSecond(nowMs: number): number | undefined;
}

const windowMs = 10_000;
/** Samples are kept this far apart, so that their number is bounded. */
const spacingMs = 500;
/** A rate from less is noise. */
const enoughMs = 1000;

interface Sample {
  readonly bytes: number;
  readonly atMs: number;
}

export function createTransferRate(): TransferRate {
  const samples: Sample[] = [];
  let current: Sample | undefined;
  return {
    add(bytes, atMs) {
      current = { bytes, atMs };
      const last = samples.at(-1);
      if (last === undefined || atMs - last.atMs >= spacingMs) samples.push(current);
      while ((samples[1]?.atMs ?? atMs) < atMs - windowMs) samples.shift();
    },
    bytesPerSecond(nowMs) {
      const [first] = samples;
      if (first === undefined || current === undefined || nowMs - first.atMs < enoughMs) return undefined;
      // To now, not to the last step: a transfer that stands still becomes slower.
      return Math.max(0, (current.bytes - first.bytes) / ((nowMs - first.atMs) / 1000));
    },
  };
}
