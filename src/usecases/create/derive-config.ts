/** What a new model's config says: taken over from the base, overridden by the request, the rest read from the weights. */
import type { CreateRequest } from '../../api/ollama/create-request.ts';
import { modelFacts } from '../../formats/gguf/model-facts.ts';
import { layerMediaType, type ModelConfig } from '../../formats/model-manifest.ts';
import { isBlobLayer, type ModelLayer } from './model-layer.ts';

export interface DerivedConfig {
  readonly config: ModelConfig;
  /** Parameters that the architecture needs; the request's own go before them. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Architectures whose prompts Ollama makes by code when the model doesn't say how. */
const architectureDefaults: Readonly<Record<string, { readonly format: string; readonly stop?: readonly string[] }>> = {
  gemma4: { format: 'gemma4', stop: ['<turn|>'] },
  laguna: { format: 'laguna' },
  nemotron_h: { format: 'nemotron-3-nano' },
  nemotron_h_moe: { format: 'nemotron-3-nano' },
  nemotron_h_omni: { format: 'nemotron-3-nano' },
};

/** `base` is the config of the model to begin with, undefined for an import. */
export function deriveConfig(
  base: ModelConfig | undefined,
  { info, ...request }: CreateRequest,
  layers: readonly ModelLayer[],
): DerivedConfig {
  const weights = layers.flatMap((layer) => {
    const isWeights = layer.mediaType === layerMediaType.model && isBlobLayer(layer) && layer.gguf !== undefined;
    return isWeights ? [modelFacts(layer.gguf)] : [];
  });
  const [first] = weights;
  const defaults = weights.map(({ architecture }) => architectureDefaults[architecture]).find(Boolean);
  const renderer = request.renderer || base?.renderer;
  const parser = request.parser || base?.parser;
  const needsDefaults = renderer === undefined || parser === undefined;
  const draft = draftOf(layers);
  const capabilities = [...(base?.capabilities ?? []), ...info.capabilities];
  const config: ModelConfig = {
    modelFormat: base?.modelFormat || (first === undefined ? '' : 'gguf'),
    modelFamily: info.model_family || (first?.architecture ?? ''),
    modelFamilies: [
      ...(info.model_family === '' ? [] : [info.model_family]),
      ...weights.map(({ architecture }) => architecture),
    ],
    modelType: info.parameter_size || (first?.parameterText ?? ''),
    fileType: info.quantization_level || (first?.fileTypeText ?? ''),
    ...optional('renderer', renderer ?? defaults?.format),
    ...optional('parser', parser ?? defaults?.format),
    ...optional('requires', request.requires || base?.requires),
    ...optional('capabilities', capabilities.length > 0 ? capabilities : undefined),
    ...optional('contextLength', info.context_length || undefined),
    ...optional('embeddingLength', info.embedding_length || undefined),
    ...optional('baseName', info.base_name || undefined),
    ...optional('draft', draft),
  };
  return { config, parameters: needsDefaults && defaults?.stop ? { stop: defaults.stop } : {} };
}

function draftOf(layers: readonly ModelLayer[]): ModelConfig['draft'] {
  const draft = layers.filter(isBlobLayer).find(({ mediaType, gguf }) => mediaType === layerMediaType.draft && gguf);
  if (draft?.gguf === undefined) return undefined;
  return { modelFormat: 'gguf', architecture: modelFacts(draft.gguf).architecture };
}

function optional<Key extends keyof ModelConfig>(key: Key, value: ModelConfig[Key] | undefined): Partial<ModelConfig> {
  return value === undefined ? {} : { [key]: value };
}
