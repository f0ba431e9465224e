/** SHA-256 digests as manifests, URLs and blob files spell them. */
import { CorralError } from '../core/corral-error.ts';

/** `sha256:` and 64 lower-case hex digits. Made by `parseDigest` alone, so it is safe as part of a file name. */
export type Digest = `sha256:${string}`;

const digestPattern = /^sha256[:-]([0-9a-fA-F]{64})$/;

/** The digest in `text`, spelled `sha256:<hex>` or, as in file names, `sha256-<hex>`; undefined when it is none. */
export function parseDigest(text: string): Digest | undefined {
  const hex = digestPattern.exec(text)?.[1];
  return hex === undefined ? undefined : `sha256:${hex.toLowerCase()}`;
}

/** As `parseDigest`; throws `invalid_digest` for what is none. */
export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined) throw new CorralError('invalid_digest', 'invalid digest format');
  return digest;
}

/** The blob's file name under `blobs/`: `sha256-<hex>`. */
export function blobFileName(digest: Digest): string {
  return digest.replace(':', '-');
}
