import type { Gguf } from '../formats/gguf/gguf.ts';
import { readGguf, type ReadGgufOptions } from '../formats/gguf/read-gguf.ts';
import { fileByteSource } from './file-byte-source.ts';

/** The checked header of the GGUF file at `path`. Throws `bad_gguf` or `store_read`. */
export async function readHeader(path: string, arrays: ReadGgufOptions['arrays']): Promise<Gguf> {
  const source = await fileByteSource(path);
  try {
    return await readGguf(source, { arrays });
  } finally {
    await source.close();
  }
}
