/** Phi 3: queries, keys and values in one matrix, and so are the two halves of the feed-forward's entrance. */
import { count, float, type Architecture, type ComputedTensor } from '../architecture.ts';
import type { Config } from '../config.ts';
import { decoderEntries, decoderNames, headLength } from './decoder.ts';
import { ropeBase, ropeScaling, ropeType } from '../rope.ts';

export const phi3: Architecture = {
  name: 'phi3',
  ropes: ['su', 'longrope', 'yarn'],
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
      ['rope.freq_base', float(ropeBase(config))],
      ['rope.dimension_count', count(Math.floor(headLength(config) * (config.number('partial_rotary_factor') ?? 1)))],
      ['rope.scaling.original_context_length', count(config.count('original_max_position_embeddings'))],
      ['attention.sliding_window', count(config.count('sliding_window') ?? 0)],
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
  if (original < 2 || length < original) return undefined;
  const scale = Math.log(length / original);
  const type = ropeType(config);
  if (type === 'su' || type === 'longrope') return Math.sqrt(1 + scale / Math.log(original));
  return type === 'yarn' ? 0.1 * scale + 1 : undefined;
}

function ropeFactors(config: Config): readonly ComputedTensor[] {
  const scaling = ropeScaling(config);
  return (['long', 'short'] as const)
    .map((kind) => ({ name: `rope_factors_${kind}.weight`, values: scaling.numbers(`${kind}_factor`) }))
    .filter(({ values }) => values.length > 0);
}
