/**
 * What may go from `blobs/` when a server starts. Pure: from names and times of change to names.
 *
 * Ollama's rule, which other programs on the same folder know, is an hour for whatever no manifest names. A half-finished download
 * (`<blob>-partial`, `<blob>-partial-<n>`) stays longer here: it is found again by the next pull.
 */
import { blobFileName, parseDigest, type Digest } from '../formats/digest.ts';
import type { HeldBlobs } from './blob-hold.ts';
import { temporaryOwner } from './place-file.ts';

export interface BlobFile {
  readonly name: string;
  readonly modifiedAtMs: number;
}

export interface CleanUpPlan {
  /** Blobs that go unless somebody needs them. */
  readonly digests: readonly Digest[];
  /** Names of files that are no blobs and go. */
  readonly files: readonly string[];
}

const unusedAfterMs = 60 * 60 * 1000;

/** A download over a slow line is taken up again after a weekend; after a week it is forgotten. */
const partialAfterMs = 7 * 24 * 60 * 60 * 1000;

const partialPattern = /^(sha256-[0-9a-fA-F]{64})-partial(?:-.*)?$/;

export function planCleanUp(files: readonly BlobFile[], held: HeldBlobs, nowMs: number): CleanUpPlan {
  const partials = new Map<string, number>();
  for (const { name, modifiedAtMs } of files) {
    const blob = partialPattern.exec(name)?.[1];
    if (blob !== undefined) partials.set(blob, Math.max(modifiedAtMs, partials.get(blob) ?? 0));
  }
  const heldNames = new Set([...held.digests].map(blobFileName));

  const digests: Digest[] = [];
  const doomed: string[] = [];
  for (const { name, modifiedAtMs } of files) {
    const ageMs = nowMs - modifiedAtMs;
    const partialOf = partialPattern.exec(name)?.[1];
    const digest = parseDigest(name);
    const owner = temporaryOwner(name);
    if (partialOf !== undefined) {
      // The parts of a download go together: one alone is of no use.
      const lastWriteMs = partials.get(partialOf) ?? modifiedAtMs;
      if (nowMs - lastWriteMs > partialAfterMs && !heldNames.has(partialOf)) doomed.push(name);
    } else if (digest !== undefined) {
      if (ageMs > unusedAfterMs) digests.push(digest);
    } else if (ageMs > unusedAfterMs && !(owner !== undefined && held.marks.has(owner.mark))) {
      doomed.push(name);
    }
  }
  return { digests, files: doomed };
}
