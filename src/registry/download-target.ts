/**
 * Where a download's bytes go: a file that is filled in parts and remembers across restarts what it has. The registry's side is handed
 * one; the store implements it (`store/partial-blob.ts`).
 */
export interface DownloadPart {
  /** Where it begins in the blob. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** How much is there, from `offset` on. */
  readonly completedBytes: number;
}

export interface DownloadTarget {
  readonly sizeBytes: number;
  /** They cover the blob without gap or overlap, in order. Live: they change with each write. */
  readonly parts: readonly DownloadPart[];
  /** Of all parts. */
  readonly completedBytes: number;
  /**
   * Adds bytes behind what the part has; they must not reach beyond the part. One call at a time per part. The bytes are copied before it
   * returns. Rejects with `store_write`, also for an earlier write.
   */
  append(part: DownloadPart, bytes: Uint8Array): Promise<void>;
}
