/** Reads a file that should be small, whatever really lies at its path. */
import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { CorralError } from '../core/corral-error.ts';

export interface SmallFile {
  readonly bytes: Buffer;
  readonly modifiedAt: Date;
}

/**
 * The file's bytes and its time of change. Throws `store_read` for what is no plain file or has more than `maxBytes`, and the file
 * system's own error otherwise. Opened without blocking, because a named pipe would hold the caller for ever.
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<SmallFile> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new CorralError('store_read', 'not a plain file');
    const { size } = found;
    if (size > maxBytes) throw new CorralError('store_read', `larger than ${maxBytes} bytes`);
    // One byte more shows a file that grew since.
    const buffer = Buffer.alloc(size + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > size) throw new CorralError('store_read', 'changed while it was read');
    return { bytes: buffer.subarray(0, length), modifiedAt: found.mtime };
  } finally {
    await file.close();
  }
}
