/** Takes a blob that a client sends ahead of a create. */
import { requireDigest } from '../formats/digest.ts';
import { digestMismatch } from '../store/digest-mismatch.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/**
 * `present`: the blob was there, `bytes` is not read. Throws `invalid_digest`, `digest_mismatch`, `store_write`, `canceled`, and what
 * `bytes` throws. Bytes with another digest are kept under that one, as Ollama does: a client that sends them again under their right name
 * is told that they are there. Nobody names them, so the next start clears them up.
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
    const { digest } = await parts.blobs.write(bytes, { hold, signal });
    if (digest !== expected) throw digestMismatch(expected, digest);
    return 'stored';
  } finally {
    await hold.release();
  }
}
