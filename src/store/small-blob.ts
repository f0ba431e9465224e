/** Blobs of a few lines (templates, parameters, licenses): not worth keeping in parts, they are placed at once. */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Digest } from '../formats/digest.ts';
import { downloadedMismatch } from './downloaded-mismatch.ts';
import { makeFolder } from './make-folder.ts';
import { placeBytes } from './place-bytes.ts';
import { writeFault } from './store-fault.ts';

/** Fetched in a moment and held in memory meanwhile. The largest licenses have 100 KiB. */
export const smallBlobBytes = 256 * 1024;

/** Makes downloaded bytes a blob at `path`. Throws `digest_mismatch`, `store_write`. */
export async function placeSmallBlob(path: string, digest: Digest, bytes: Uint8Array): Promise<void> {
  const found: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest) throw downloadedMismatch(digest, found);
  try {
    await makeFolder(dirname(path));
    await placeBytes({ bytes, target: path });
  } catch (error) {
    throw writeFault(bytes.byteLength, error);
  }
}
