/** Reads the header of a GGUF file, trusting nothing in it. The weights are never read. */
import { badGguf } from './bad-gguf.ts';
import type { ByteSource } from './byte-source.ts';
import type { Gguf } from './gguf.ts';
import { maxKeys, maxTensors } from './gguf-limits.ts';
import { defaultAlignment } from './gguf-values.ts';
import { MetadataReader } from './read-metadata.ts';
import { checkTensorData, padded, readTensors } from './read-tensors.ts';
import { SourceCursor } from './source-cursor.ts';

export interface ReadGgufOptions {
  /** `skip` passes over vocabulary and merges, which only `show --verbose` needs. */
  readonly arrays: 'read' | 'skip';
}

/**
 * The header of a GGUF file of version 2 or 3. Throws `bad_gguf` for anything that llama.cpp could not load as a file: damaged or cut
 * off, tensor data missing, counts beyond gguf-limits.ts. Errors of the source are passed on.
 */
export async function readGguf(source: ByteSource, { arrays }: ReadGgufOptions): Promise<Gguf> {
  const cursor = new SourceCursor(source);
  const version = await readVersion(cursor, source);
  await cursor.fill(16);
  const tensorCount = cursor.count('the number of tensors', maxTensors);
  const keyCount = cursor.count('the number of keys', maxKeys);

  const reader = new MetadataReader(cursor, arrays);
  for (let index = 0; index < keyCount; index++) await reader.readPair();
  const alignment = alignmentOf(reader.metadata.get('general.alignment'));

  const tensors = await readTensors(cursor, tensorCount);
  // Without tensors (a vocabulary alone) there is no data to be aligned.
  const dataOffsetBytes = tensorCount > 0 ? padded(cursor.position, alignment) : cursor.position;
  checkTensorData(tensors, alignment, dataOffsetBytes, source.sizeBytes);
  await reader.keepNamedTokens();
  return { version, metadata: reader.metadata, tensors, dataOffsetBytes, fileSizeBytes: source.sizeBytes };
}

async function readVersion(cursor: SourceCursor, source: ByteSource): Promise<number> {
  // Something shorter than a magic number is no cut-off GGUF but another file.
  if (source.sizeBytes < 8) throw noGguf('');
  await cursor.fill(8);
  const magic = String.fromCharCode(cursor.uint8(), cursor.uint8(), cursor.uint8(), cursor.uint8());
  if (magic !== 'GGUF') throw noGguf(magic);
  const version = cursor.uint32();
  if (version === 2 || version === 3) return version;
  if (version !== 0 && (version & 0xffff) === 0) {
    throw badGguf(
      'it is in big-endian byte order',
      'Get the little-endian file, or convert it with gguf_convert_endian.py.',
    );
  }
  if (version === 1) {
    throw badGguf(
      'version 1 is no longer in use',
      'Get a newer file of this model; they have been version 3 since 2023.',
    );
  }
  throw badGguf(`version ${version} is unknown, only 2 and 3 can be read`, 'A newer release may know this version.');
}

/** What people give instead of a GGUF, by its first bytes. */
const otherFiles: Readonly<Record<string, string>> = {
  vers: 'This is the pointer file of git LFS; fetch the file itself with `git lfs pull`.',
  lmgg: 'This is a llama.cpp file from before GGUF; get a newer one.',
  fmgg: 'This is a llama.cpp file from before GGUF; get a newer one.',
  tjgg: 'This is a llama.cpp file from before GGUF; get a newer one.',
  algg: 'This is an adapter from before GGUF; convert it anew.',
  FUGG: 'It is in big-endian byte order; get the little-endian file.',
  '<!DO': 'This is a web page, perhaps an error message of the site it was downloaded from.',
  'PK\u0003\u0004': 'This is a ZIP archive, perhaps a PyTorch model; convert it with llama.cpp.',
};

function noGguf(magic: string): Error {
  return badGguf('it does not begin as one', otherFiles[magic] ?? 'Check that this is the file you meant.');
}

function alignmentOf(value: unknown): number {
  if (value === undefined) return defaultAlignment;
  if (typeof value === 'number' && value > 0 && value < 2 ** 32 && Number.isInteger(Math.log2(value))) return value;
  throw badGguf('its alignment is not a power of two');
}
