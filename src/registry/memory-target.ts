import type { DownloadPart, DownloadTarget } from './download-target.ts';

export interface MemoryTarget extends DownloadTarget {
  /** What has arrived, once it is complete. */
  readonly bytes: Uint8Array;
}

/** Takes a small blob into memory. */
export function createMemoryTarget(sizeBytes: number): MemoryTarget {
  const bytes = new Uint8Array(sizeBytes);
  const part = { offset: 0, sizeBytes, completedBytes: 0 };
  return {
    bytes,
    sizeBytes,
    parts: sizeBytes === 0 ? [] : [part],
    get completedBytes() {
      return part.completedBytes;
    },
    append(_part: DownloadPart, added) {
      bytes.set(added, part.completedBytes);
      part.completedBytes += added.byteLength;
      return Promise.resolve();
    },
  };
}
