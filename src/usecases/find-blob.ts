import { CorralError } from '../core/corral-error.ts';
import { requireDigest } from '../formats/digest.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/** Returns when the blob is in the store. Throws `invalid_digest`, `blob_not_found`. */
export async function findBlob(sentDigest: string, parts: Pick<UseCaseParts, 'blobs'>): Promise<void> {
  const size = await parts.blobs.sizeOf(requireDigest(sentDigest));
  if (size === undefined) throw new CorralError('blob_not_found', `blob ${JSON.stringify(sentDigest)} not found`);
}
