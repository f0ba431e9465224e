/**
 * The SHA-256 of a file that is written in any order: it follows from the file's beginning as far as there is no gap, while the rest is
 * still being written. What was written ahead of it, or by an earlier process, is read back as soon as the gap closes, when it still
 * is in the system's memory as a rule.
 */
export interface FollowingHash {
  /** Tells that more of the file is written. */
  follow(): void;
  /** Bare hex of the file's first `sizeBytes`, which all have to be written. Rejects with what reading the file throws. */
  digest(sizeBytes: number): Promise<string>;
  /** Resolves when the file is not read any more. */
  stop(): Promise<void>;
}

/** How far the file is written without a gap. */
export type ContiguousBytes = () => number;
