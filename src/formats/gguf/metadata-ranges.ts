/** Where each key-value pair of a header lies, so that a file can be rewritten without decoding and encoding what stays as it is. */
import type { ByteSource } from './byte-source.ts';
import { maxKeys } from './gguf-limits.ts';
import { MetadataReader } from './read-metadata.ts';
import { SourceCursor } from './source-cursor.ts';

export interface MetadataRange {
  readonly key: string;
  /** Bytes from the start of the file: key, type and value. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** In file order. For a file whose header `readGguf` has accepted; throws `bad_gguf` should it have changed since. */
export async function metadataRanges(source: ByteSource): Promise<MetadataRange[]> {
  const cursor = new SourceCursor(source);
  const fixedBytes = 16;
  cursor.skip(fixedBytes);
  await cursor.fill(8);
  const keyCount = cursor.count('the number of keys', maxKeys);
  const reader = new MetadataReader(cursor, 'skip');
  const ranges: MetadataRange[] = [];
  for (let index = 0; index < keyCount; index++) {
    const offsetBytes = cursor.position;
    const key = await reader.readPair();
    ranges.push({ key, offsetBytes, sizeBytes: cursor.position - offsetBytes });
  }
  return ranges;
}
