import { createHash } from 'node:crypto';
import type { Digest } from '../../formats/digest.ts';
import type { ManifestLayer } from '../../formats/model-manifest.ts';
import type { CreateWork } from './create-work.ts';
import { isBlobLayer, type ModelLayer } from './model-layer.ts';

export interface SettledLayer {
  readonly reference: ManifestLayer;
  /** What is told about it. */
  readonly status: string;
}

/** A layer as the manifest names it; a text is stored as a blob unless it is one already. Throws `store_write` or `canceled`. */
export async function settleLayer(layer: ModelLayer, { blobs, hold, signal, made }: CreateWork): Promise<SettledLayer> {
  const { mediaType, from, name } = layer;
  const facts = { mediaType, from, ...(name !== undefined && { name }) };
  if (isBlobLayer(layer)) {
    return { reference: { ...facts, ...layer.blob }, status: told(layer.blob.digest, layer.isNew === true) };
  }
  const bytes = new TextEncoder().encode(layer.text);
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await hold.keep([digest]);
  const isThere = (await blobs.sizeOf(digest)) === bytes.length;
  if (!isThere) {
    await blobs.write(once(bytes), { expected: digest, hold, signal });
    made.add(digest);
  }
  return { reference: { ...facts, digest, sizeBytes: bytes.length }, status: layer.status ?? told(digest, !isThere) };
}

function told(digest: Digest, isNew: boolean): string {
  return `${isNew ? 'creating new' : 'using existing'} layer ${digest}`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
