import type { FileHandle } from 'node:fs/promises';

/** The bytes from `offsetBytes` on, `lengthBytes` of them, fewer only where the file ends: one call of the system may give less than there is. */
export async function readAt(file: FileHandle, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes);
  let length = 0;
  while (length < lengthBytes) {
    const { bytesRead } = await file.read(bytes, length, lengthBytes - length, offsetBytes + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
