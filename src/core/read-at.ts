import type { FileHandle } from 'node:fs/promises';

/**
 * The bytes from `offsetBytes` on, `lengthBytes` of them, fewer only where the file ends: one call of the system may give less than there
 * is. They lie in `bytes`, which has room for them.
 */
export async function readAt(
  file: FileHandle,
  offsetBytes: number,
  lengthBytes: number,
  bytes: Uint8Array = new Uint8Array(lengthBytes),
): Promise<Uint8Array> {
  let length = 0;
  while (length < lengthBytes) {
    const { bytesRead } = await file.read(bytes, length, lengthBytes - length, offsetBytes + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
