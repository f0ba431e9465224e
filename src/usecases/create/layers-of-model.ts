/** The layers of an installed model as the beginning of another one. */
import { CorralError } from '../../core/corral-error.ts';
import {
  layerMediaType,
  maxConfigBytes,
  parseModelConfig,
  type ManifestLayer,
  type ModelConfig,
} from '../../formats/model-manifest.ts';
import { displayName } from '../../formats/model-name.ts';
import type { BlobHold, BlobStore } from '../../store/blob-store.ts';
import type { StoredManifest } from '../../store/manifest-store.ts';
import { readHeader } from '../../store/read-header.ts';
import { readSmallFile } from '../../store/read-small-file.ts';
import { readFault } from '../../store/store-fault.ts';
import type { BlobLayer } from './model-layer.ts';

/** Layers whose blob is a GGUF file. */
const ggufTypes: ReadonlySet<string> = new Set([
  layerMediaType.model,
  layerMediaType.projector,
  layerMediaType.adapter,
  layerMediaType.draft,
]);

export interface BaseModel {
  readonly layers: readonly BlobLayer[];
  readonly config: ModelConfig;
}

/** Keeps the model's blobs by `hold`, then looks at them. Throws `store_read` for a damaged model, `bad_gguf` for damaged weights. */
export async function layersOfModel(base: StoredManifest, blobs: BlobStore, hold: BlobHold): Promise<BaseModel> {
  const { config, layers } = base.manifest;
  await hold.keep([config, ...layers].map(({ digest }) => digest));
  const from = displayName(base.name);
  return {
    layers: await Promise.all(layers.map((layer) => inheritedLayer(layer, from, blobs))),
    config: parseModelConfig(await readBlob(blobs, config.digest, maxConfigBytes)),
  };
}

async function inheritedLayer(layer: ManifestLayer, from: string, blobs: BlobStore): Promise<BlobLayer> {
  const { mediaType, digest, name } = layer;
  const sizeBytes = await blobs.sizeOf(digest);
  if (sizeBytes !== layer.sizeBytes) {
    throw new CorralError('store_read', `blob ${digest} of model '${from}' is ${sizeBytes ? 'cut off' : 'missing'}`, {
      hint: 'Pull or create that model again.',
    });
  }
  return {
    mediaType,
    blob: { digest, sizeBytes },
    from,
    ...(name !== undefined && { name }),
    ...(ggufTypes.has(mediaType) && { gguf: await readHeader(blobs.path(digest), 'skip') }),
  };
}

/** The bytes of a small blob. Throws `store_read`. */
export async function readBlob(blobs: BlobStore, digest: ManifestLayer['digest'], maxBytes: number): Promise<Buffer> {
  try {
    return (await readSmallFile(blobs.path(digest), maxBytes)).bytes;
  } catch (error) {
    throw readFault(`blob ${digest}`, error);
  }
}
