/** A file on disk as a source of bytes for the parsers in formats/. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CorralError } from '../core/corral-error.ts';
import { readAt } from '../core/read-at.ts';
import type { ByteSource } from '../formats/gguf/byte-source.ts';
import { readFault } from './store-fault.ts';

export interface FileByteSource extends ByteSource {
  close(): Promise<void>;
}

/**
 * Opens a file for reading; the caller closes it. Throws `store_read`, also for what is no plain file. Opened without blocking,
 * because a named pipe would hold the caller for ever.
 */
export async function fileByteSource(path: string): Promise<FileByteSource> {
  const fault = (error: unknown): never => {
    throw readFault('the file', error);
  };
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(fault);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new CorralError('store_read', 'not a plain file');
    return {
      sizeBytes: found.size,
      read: (offsetBytes, lengthBytes, into) => readAt(file, offsetBytes, lengthBytes, into).catch(fault),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    return fault(error);
  }
}
