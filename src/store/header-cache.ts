/**
 * GGUF headers by file, because a header is needed at every listing and load while its file hardly ever changes. A changed size or
 * time of change makes it another file. Reads of one file at the same moment are one read.
 */
import { stat } from 'node:fs/promises';
import type { Gguf } from '../formats/gguf/gguf.ts';

// A header without its arrays takes about 100 KB for a large model: a few megabytes in all.
const maxHeaders = 32;

/** A function that gives the header of the file at a path, by `read` or from memory. A failed read is not kept. */
export function createHeaderCache(read: (path: string) => Promise<Gguf>): (path: string) => Promise<Gguf> {
  // A Map keeps the order of insertion; what is used is inserted anew, so the first one is the one longest unused.
  const headers = new Map<string, Promise<Gguf>>();

  return async (path) => {
    const { size, mtimeMs, ino } = await stat(path);
    const key = `${ino}:${size}:${mtimeMs}:${path}`;
    const header = headers.get(key) ?? read(path);
    headers.delete(key);
    headers.set(key, header);
    for (const oldest of headers.keys()) {
      if (headers.size <= maxHeaders) break;
      headers.delete(oldest);
    }
    try {
      return await header;
    } catch (error) {
      if (headers.get(key) === header) headers.delete(key);
      throw error;
    }
  };
}
