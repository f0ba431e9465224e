/** Gemma 1 to 3, without Gemma 3's eyes. The base of the rope is in no GGUF of the first two: the engine knows it. */
import { count, float, text, type Architecture, type Entries } from '../architecture.ts';
import type { Config } from '../config.ts';
import { decoderEntries, decoderNames, headEntries } from './decoder.ts';
import { ropeBase, ropeScaling, ropeType, stretchedRope } from '../rope.ts';

/** Norms stand before and behind each half of a layer. */
const sandwichNames = {
  ...decoderNames,
  inLayer: {
    ...decoderNames.inLayer,
    post_attention_layernorm: 'post_attention_norm',
    pre_feedforward_layernorm: 'ffn_norm',
    post_feedforward_layernorm: 'post_ffw_norm',
  },
};

/** Tokens that Gemma 1 and 2 have for the end of a turn and for filling gaps. */
const markers: Entries = [
  ['tokenizer.ggml.eot_token_id', count(107)],
  ['tokenizer.ggml.middle_token_id', count(68)],
  ['tokenizer.ggml.prefix_token_id', count(67)],
  ['tokenizer.ggml.suffix_token_id', count(69)],
];

export const gemma: Architecture = {
  name: 'gemma',
  ropes: [],
  names: decoderNames,
  hasNormsAroundZero: true,
  async entries(config, checkpoint) {
    return [...(await decoderEntries(config, checkpoint)), ...headEntries(config), ...markers];
  },
};

export const gemma2: Architecture = {
  name: 'gemma2',
  ropes: [],
  names: sandwichNames,
  hasNormsAroundZero: true,
  async entries(config, checkpoint) {
    return [
      ...(await decoderEntries(config, checkpoint)),
      ...headEntries(config),
      ...markers,
      ['attention.sliding_window', count(config.count('sliding_window'))],
      ['attn_logit_softcapping', float(config.number('attn_logit_softcapping'))],
      ['final_logit_softcapping', float(config.number('final_logit_softcapping'))],
    ];
  },
};

export const gemma3: Architecture = {
  name: 'gemma3',
  ropes: ['linear', 'yarn'],
  names: sandwichNames,
  hasNormsAroundZero: true,
  dropsUnusedRows: true,
  async entries(config, checkpoint) {
    return [
      ...(await decoderEntries(config, checkpoint)),
      ...headEntries(config),
      ['attention.sliding_window', count(config.count('sliding_window'))],
      ['attention.sliding_window_pattern', slidingLayers(config)],
      ['final_logit_softcapping', float(config.number('final_logit_softcapping'))],
      ['rope.local.freq_base', float(localBase(config) ?? 10_000)],
      ['rope.freq_base', float(ropeBase(config) ?? 1_000_000)],
      ['mm.tokens_per_image', count(config.count('mm_tokens_per_image'))],
      ...(ropeType(config) === 'yarn' ? yarn(config) : stretchedRope(config)),
    ];
  },
};

/** Which layers look at a window only: a list of kinds, or every one but each `sliding_window_pattern`-th. */
function slidingLayers(config: Config): Entries[number][1] {
  const kinds = config.texts('layer_types');
  const period = config.count('sliding_window_pattern');
  if (kinds.length === 0 && period === undefined) return undefined;
  const value = Array.from({ length: config.needed('num_hidden_layers') }, (_, layer) => {
    const kind = kinds[layer];
    if (kind !== undefined) return kind === 'sliding_attention';
    return period !== undefined && period > 0 && (layer + 1) % period !== 0;
  });
  return { type: 'bool[]', value };
}

const localBase = (config: Config): number | undefined =>
  config.number('rope_local_base_freq') ??
  config.within('rope_parameters').within('sliding_attention').number('rope_theta');

/** Under the names that Ollama gives them. */
function yarn(config: Config): Entries {
  const scaling = ropeScaling(config);
  const factor = scaling.number('factor');
  if (factor === undefined) return [];
  return [
    ['rope.scaling.type', text('yarn')],
    ['rope.scaling.factor', float(factor)],
    ['rope.scaling.original_context_length', count(scaling.count('original_max_position_embeddings'))],
    ['rope.scaling.extrapolation_factor', float(scaling.number('extrapolation_factor') ?? 1)],
    ['rope.scaling.beta_fast', float(scaling.number('beta_fast') ?? 64)],
    ['rope.scaling.beta_slow', float(scaling.number('beta_slow') ?? 1)],
  ];
}
