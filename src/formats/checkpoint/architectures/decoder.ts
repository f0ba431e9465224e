/** What decoders of the Llama kind have in common: names of tensors and the hyperparameters that all of them have. */
import { badCheckpoint } from '../bad-checkpoint.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Config } from '../config.ts';
import { count, float, text, type Entries } from '../architecture.ts';
import { poolingType } from '../pooling.ts';
import type { TensorNames } from '../tensor-names.ts';

export const decoderNames: TensorNames = {
  layers: 'model.layers.',
  inLayer: {
    input_layernorm: 'attn_norm',
    'self_attn.q_proj': 'attn_q',
    'self_attn.k_proj': 'attn_k',
    'self_attn.v_proj': 'attn_v',
    'self_attn.o_proj': 'attn_output',
    'self_attn.q_norm': 'attn_q_norm',
    'self_attn.k_norm': 'attn_k_norm',
    'mlp.gate_proj': 'ffn_gate',
    'mlp.up_proj': 'ffn_up',
    'mlp.down_proj': 'ffn_down',
    post_attention_layernorm: 'ffn_norm',
  },
  outside: { 'model.embed_tokens': 'token_embd', 'model.norm': 'output_norm', lm_head: 'output' },
  leftOut: /\.rotary_emb\.inv_freq$|\.masked_bias$|\.attn\.bias$/,
};

/** The longest heads in use have 512 numbers. */
const maxHeadLength = 65_536;

/** Numbers of a head: `head_dim`, or what the heads leave of the width. Throws `bad_checkpoint`. */
export function headLength(config: Config): number {
  const heads = Math.max(1, config.needed('num_attention_heads', 'n_head'));
  const length = config.count('head_dim') ?? Math.floor(config.needed('hidden_size', 'n_embd') / heads);
  if (length > 0 && length <= maxHeadLength) return length;
  throw badCheckpoint(`config.json: heads of ${length} numbers`);
}

/** In newer files the base is one of the rope's parameters. */
export const ropeBase = (config: Config): number | undefined =>
  config.number('rope_theta') ?? config.within('rope_parameters').number('rope_theta');

export const ropeType = (config: Config): string | undefined => {
  const scaling = ropeScaling(config);
  return scaling.text('rope_type') ?? scaling.text('type');
};

export function ropeScaling(config: Config): Config {
  const older = config.within('rope_scaling');
  return older.text('rope_type') === undefined && older.text('type') === undefined
    ? config.within('rope_parameters')
    : older;
}

export async function decoderEntries(config: Config, checkpoint: Checkpoint): Promise<Entries> {
  return [
    ['block_count', count(config.needed('num_hidden_layers', 'n_layers', 'n_layer'))],
    ['context_length', count(config.count('max_position_embeddings', 'n_ctx'))],
    ['embedding_length', count(config.needed('hidden_size', 'n_embd'))],
    ['feed_forward_length', count(config.needed('intermediate_size', 'n_inner'))],
    ['attention.head_count', count(config.needed('num_attention_heads', 'n_head'))],
    ['attention.head_count_kv', count(config.count('num_key_value_heads'))],
    ['attention.layer_norm_rms_epsilon', float(config.number('rms_norm_eps'))],
    ['rope.freq_base', float(ropeBase(config))],
    ['pooling_type', count(await poolingType(checkpoint))],
  ];
}

/** The stretching of positions by a plain factor, or by YaRN (arXiv 2309.00071). */
export function stretchedRope(config: Config): Entries {
  const type = ropeType(config);
  if (type !== 'linear' && type !== 'yarn') return [];
  const scaling = ropeScaling(config);
  return [
    ['rope.scaling.type', text(type)],
    ['rope.scaling.factor', float(scaling.number('factor'))],
    ['rope.scaling.original_context_length', count(scaling.count('original_max_position_embeddings'))],
  ];
}
