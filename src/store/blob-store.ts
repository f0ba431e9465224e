/**
 * The store's writing side: blobs. A blob appears whole or not at all: its bytes go to a temporary name in the same folder, are hashed
 * while written, synced and renamed. Blobs come before the first manifest that names them, so somebody has to keep them from clean-ups
 * in between: that is a hold, which other Corral processes on the same store respect too.
 */
import type { Digest } from '../formats/digest.ts';
import type { HashFileOptions } from './hash-file.ts';
import type { PartialBlob } from './partial-blob.ts';

/** `unreadable`: the disk or the folder's permissions refused; what the blob holds is unknown. */
export type BlobCondition = 'good' | 'missing' | 'damaged' | 'unreadable';

export interface BlobReference {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

export interface WriteBlobOptions {
  /** What the bytes must hash to. Otherwise `digest_mismatch` is thrown and nothing is left behind. */
  readonly expected?: Digest;
  /** Keeps the new blob; its digest is added as soon as it is known. */
  readonly hold: BlobHold;
  readonly signal: AbortSignal;
}

/** Keeps blobs in the store until a manifest names them. */
export interface BlobHold {
  /** Call this before looking whether the blobs are there: what is seen then stays. */
  keep(digests: readonly Digest[]): Promise<void>;
  release(): Promise<void>;
}

export interface BlobStore {
  /** Where the blob lies, or would lie. */
  path(digest: Digest): string;
  /** Size of a blob that is there, undefined for one that is not. */
  sizeOf(digest: Digest): Promise<number | undefined>;
  /** Takes bytes in as a blob; one that is there already is left as it is. Throws `digest_mismatch`, `store_write`, `canceled`. */
  write(bytes: AsyncIterable<Uint8Array>, options: WriteBlobOptions): Promise<BlobReference>;
  /** A new path in the blobs folder for a writer that needs one (a quantiser, a download). Abandoned ones go with the next clean-up. */
  temporaryFile(): Promise<string>;
  /** Hashes a finished file of the blobs folder and renames it to its blob name. Throws as `write`; the file is gone in every case. */
  adopt(file: string, options: WriteBlobOptions): Promise<BlobReference>;
  /** A blob that comes in parts, with what an earlier process left of it. Claim it before (claim-partial.ts). Throws `store_write`. */
  openPartial(blob: BlobReference): Promise<PartialBlob>;
  hold(): Promise<BlobHold>;
  /**
   * Whether a blob is what its name says; reads all of it. What was made from it (split weights) is removed, since nobody vouches for that:
   * it is made anew at the next load. Throws `canceled`.
   */
  check(blob: BlobReference, options: HashFileOptions): Promise<BlobCondition>;
  /** Moves a damaged blob out of the way, so that it counts as missing and can be had again. Throws `store_write`. */
  quarantine(digest: Digest): Promise<void>;
  /** Removes those of `digests` that no manifest names and no hold keeps; returns them. A store with an unreadable manifest loses nothing. */
  removeUnreferenced(digests: readonly Digest[]): Promise<readonly Digest[]>;
}
