/** One uploaded GGUF file: what it is and what it says about itself. */
import { CorralError } from '../../core/corral-error.ts';
import type { Digest } from '../../formats/digest.ts';
import type { Gguf } from '../../formats/gguf/gguf.ts';
import { booleanOf, countOf, textOf } from '../../formats/gguf/gguf-values.ts';
import { layerMediaType } from '../../formats/model-manifest.ts';
import { fileByteSource } from '../../store/file-byte-source.ts';
import { readHeader } from '../../store/read-header.ts';
import type { SourceFile } from './create-order.ts';
import type { CreateWork } from './create-work.ts';
import type { BlobLayer } from './model-layer.ts';

export interface ImportedFile extends BlobLayer {
  readonly gguf: Gguf;
  /** The file's name as it was sent. */
  readonly from: string;
}

/** Keeps an uploaded file from being cleared away and gives its size. Throws `blob_not_found`. */
export async function uploadedBytes(digest: Digest, { blobs, hold }: CreateWork): Promise<number> {
  await hold.keep([digest]);
  const sizeBytes = await blobs.sizeOf(digest);
  if (sizeBytes !== undefined) return sizeBytes;
  throw new CorralError('blob_not_found', `blob ${JSON.stringify(digest)} not found`, {
    hint: 'Upload the file to /api/blobs/ first.',
  });
}

/** Checks an uploaded file. Throws `blob_not_found`, `bad_request` for another format, or `bad_gguf`. */
export async function importFile({ name, digest }: SourceFile, parts: CreateWork): Promise<ImportedFile> {
  const sizeBytes = await uploadedBytes(digest, parts);
  const { blobs } = parts;
  const path = blobs.path(digest);
  if (!(await beginsAsGguf(path))) {
    throw new CorralError('bad_request', 'supplied file was not in GGUF format');
  }
  const gguf = await readHeader(path, 'skip');
  return { mediaType: mediaTypeOf(gguf), blob: { digest, sizeBytes }, from: name, gguf };
}

/** Whether the file is a GGUF by its first bytes. */
export async function beginsAsGguf(path: string): Promise<boolean> {
  const source = await fileByteSource(path);
  try {
    const bytes = await source.read(0, Math.min(4, source.sizeBytes));
    return Buffer.from(bytes).toString('latin1') === 'GGUF';
  } finally {
    await source.close();
  }
}

function mediaTypeOf(gguf: Gguf): string {
  const kind = textOf(gguf, 'general.type');
  if (kind === 'adapter') return layerMediaType.adapter;
  return kind === 'projector' || kind === 'mmproj' || isVisionModelAlone(gguf)
    ? layerMediaType.projector
    : layerMediaType.model;
}

/** Projectors from before they said so themselves. */
function isVisionModelAlone(gguf: Gguf): boolean {
  const architecture = textOf(gguf, 'general.architecture') ?? '';
  const count = (name: string) => countOf(gguf, `${architecture}.${name}`) ?? 0;
  if (count('block_count') > 0) return false;
  const encodes = (what: string) => booleanOf(gguf, `clip.has_${what}_encoder`) === true;
  return count('vision.block_count') > 0 || (architecture === 'clip' && (encodes('vision') || encodes('audio')));
}
