/** A long range of a file, in pieces of a size that keeps a disk busy and takes no memory to speak of. */
import { CorralError } from '../../core/corral-error.ts';
import type { ByteSource } from './byte-source.ts';

const largestPieceBytes = 4 * 1024 * 1024;

/**
 * A piece is good until the next one is asked for: all lie in one buffer, since garbage of this size is seldom collected.
 * `unitBytes`: every piece is a multiple of it. Throws `bad_gguf` where the source has become shorter since its header was read, and what
 * the source throws.
 */
export async function* readPieces(
  source: ByteSource,
  offsetBytes: number,
  sizeBytes: number,
  unitBytes = 1,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieceBytes = Math.max(1, Math.floor(largestPieceBytes / unitBytes)) * unitBytes;
  const end = offsetBytes + sizeBytes;
  const buffer = new Uint8Array(Math.min(pieceBytes, sizeBytes));
  for (let at = offsetBytes; at < end; at += pieceBytes) {
    const length = Math.min(pieceBytes, end - at);
    const bytes = await source.read(at, length, buffer);
    if (bytes.length < length) throw new CorralError('bad_gguf', 'the file became shorter while it was read');
    yield bytes;
  }
}
