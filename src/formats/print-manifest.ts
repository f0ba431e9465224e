/** A manifest and its config as Ollama writes them, byte for byte: their SHA-256 are a model's id and a blob's name. */
import { goStructLine } from './go-json.ts';
import type { ManifestLayer, ModelConfig, ModelManifest } from './model-manifest.ts';

const manifestMediaType = 'application/vnd.docker.distribution.manifest.v2+json';

export const configMediaType = 'application/vnd.docker.container.image.v1+json';

export function printManifest({ config, layers }: ModelManifest): Uint8Array {
  const text = goStructLine({
    schemaVersion: 2,
    mediaType: manifestMediaType,
    config: layerFields(config),
    // Go's nil.
    layers: layers.length > 0 ? layers.map(layerFields) : null,
  });
  return new TextEncoder().encode(text);
}

function layerFields({ mediaType, digest, sizeBytes, from, name }: ManifestLayer) {
  return {
    mediaType,
    digest,
    size: sizeBytes,
    ...(from !== undefined && { from }),
    ...(name !== undefined && { name }),
  };
}

export function printModelConfig(config: ModelConfig): string {
  return goStructLine({
    model_format: config.modelFormat,
    model_family: config.modelFamily,
    model_families: config.modelFamilies.length > 0 ? config.modelFamilies : null,
    model_type: config.modelType,
    file_type: config.fileType,
    renderer: config.renderer,
    parser: config.parser,
    requires: config.requires,
    remote_host: config.remoteHost,
    remote_model: config.remoteModel,
    capabilities: config.capabilities,
    context_length: config.contextLength,
    embedding_length: config.embeddingLength,
    base_name: config.baseName,
    draft: config.draft && { model_format: config.draft.modelFormat, architecture: config.draft.architecture },
    architecture: 'amd64',
    os: 'linux',
  });
}
