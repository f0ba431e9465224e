/** Phi 3: queries, keys and values in one matrix, and so are the two halves of the feed-forward's entrance. */
import { count, float, type Architecture, type ComputedTensor } from '../architecture.ts';
import type { Config } from '../config.ts';
import { decoderEntries, decoderNames, headLength, ropeScaling, ropeType } from './decoder.ts';

export const phi3: Architecture = {
  name: 'phi3',
  names: {
    ...decoderNames,
    inLayer: {
      input_layernorm: 'attn_norm',
      'self_attn.qkv_proj': 'attn_qkv',
      'self_attn.o_proj': 'attn_output',
      'mlp.gate_up_proj': 'ffn_up',
      'mlp.down_proj': 'ffn_down',
      post_attention_layernorm: 'ffn_norm',
    },
  },
  async entries(config, checkpoint) {
    return [
      ...(await decoderEntries(config, checkpoint)),
      ['rope.dimension_count', count(headLength(config))],
      ['rope.scaling.original_context_length', count(config.count('original_max_position_embeddings'))],
      ['attention.sliding_window', count(config.count('sliding_window'))],
      ['rope.scaling.attn_factor', float(attentionFactor(config))],
    ];
  },
  computed: ropeFactors,
};

/** LongRoPE (arXiv 2402.13753), equation of its attention scaling. */
function attentionFactor(config: Config): number | undefined {
  const original = config.count('original_max_position_embeddings');
  const length = config.count('max_position_embeddings');
  if (original === undefined || length === undefined) return undefined;
  const scale = length / original;
  const type = ropeType(config);
  if (type === 'su' || type === 'longrope') return Math.max(Math.sqrt(1 + Math.log(scale) / Math.log(original)), 1);
  return type === 'yarn' ? Math.max(0.1 * Math.log(scale) + 1, 1) : undefined;
}

function ropeFactors(config: Config): readonly ComputedTensor[] {
  const scaling = ropeScaling(config);
  return (['long', 'short'] as const)
    .map((kind) => ({ name: `rope_factors_${kind}.weight`, values: scaling.numbers(`${kind}_factor`) }))
    .filter(({ values }) => values.length > 0);
}
