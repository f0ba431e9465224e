/** Takes a blob that a client sends ahead of a create. */
import { requireDigest } from '../formats/digest.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/**
 * `present`: the blob was there, `bytes` is not read. Throws `invalid_digest`, `digest_mismatch`, `store_write`, `canceled`, and what
 * `bytes` throws; nothing is left behind then.
 */
export async function storeBlob(
  sentDigest: string,
  bytes: AsyncIterable<Uint8Array>,
  parts: Pick<UseCaseParts, 'blobs'>,
  signal: AbortSignal,
): Promise<'stored' | 'present'> {
  const expected = requireDigest(sentDigest);
  if ((await parts.blobs.sizeOf(expected)) !== undefined) return 'present';
  const hold = await parts.blobs.hold();
  try {
    await parts.blobs.write(bytes, { expected, hold, signal });
    return 'stored';
  } finally {
    await hold.release();
  }
}
