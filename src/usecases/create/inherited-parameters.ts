import { CorralError } from '../../core/corral-error.ts';
import { layerMediaType } from '../../formats/model-manifest.ts';
import type { BlobStore } from '../../store/blob-store.ts';
import { readBlob } from './layers-of-model.ts';
import type { Parameters } from './change-layers.ts';
import { isBlobLayer, type ModelLayer } from './model-layer.ts';

/** Parameters are a dozen numbers; stop texts may be as long as a paragraph. */
const maxParamsBytes = 16 * 1024 * 1024;

/** What the layers so far say; of several layers the first that has a parameter decides, as with Ollama. Throws `store_read`. */
export async function inheritedParameters(layers: readonly ModelLayer[], blobs: BlobStore): Promise<Parameters> {
  let all: Parameters = {};
  for (const layer of layers) {
    if (layer.mediaType !== layerMediaType.params) continue;
    const text = isBlobLayer(layer)
      ? (await readBlob(blobs, layer.blob.digest, maxParamsBytes)).toString()
      : layer.text;
    all = { ...parseParams(text), ...all };
  }
  return all;
}

function parseParams(text: string): Parameters {
  try {
    const params: unknown = JSON.parse(text);
    if (params === null) return {};
    if (typeof params === 'object' && !Array.isArray(params)) return { ...params };
  } catch {
    // Answered below; the parser's own text quotes the input.
  }
  throw new CorralError('store_read', 'the params of the base model are damaged', {
    hint: 'Pull or create the base model again.',
  });
}
