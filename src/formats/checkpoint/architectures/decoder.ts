/** What decoders of the Llama kind have in common: names of tensors and the hyperparameters that all of them have. */
import { badCheckpoint } from '../bad-checkpoint.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Config } from '../config.ts';
import { count, float, layerCount, type Entries } from '../architecture.ts';
import { poolingType } from '../pooling.ts';
import type { TensorNames } from '../tensor-names.ts';

export const decoderNames: TensorNames = {
  prefix: 'model.',
  layers: 'layers.',
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
  outside: { embed_tokens: 'token_embd', norm: 'output_norm' },
  optional: { lm_head: 'output' },
  leftOut: /\.rotary_emb\.inv_freq$|\.masked_bias$|\.attn\.bias$/,
};

/** The longest heads in use have 512 numbers. */
const maxHeadLength = 65_536;

/** Numbers of a head: `head_dim`, or what the heads leave of the width. Throws `bad_checkpoint`. */
export function headLength(config: Config): number {
  const heads = Math.max(1, config.needed('num_attention_heads', 'n_head'));
  const length = config.count('head_dim') ?? Math.floor(config.needed('hidden_size', 'n_embd') / heads);
  if (length > 0 && length % 2 === 0 && length <= maxHeadLength) return length;
  throw badCheckpoint(`config.json: heads of ${length} numbers`);
}

export const headEntries = (config: Config): Entries => [
  ['attention.key_length', count(headLength(config))],
  ['attention.value_length', count(headLength(config))],
];

export async function decoderEntries(config: Config, checkpoint: Checkpoint): Promise<Entries> {
  return [
    ['block_count', count(layerCount(config))],
    ['context_length', count(config.count('max_position_embeddings', 'n_ctx'))],
    ['embedding_length', count(config.needed('hidden_size', 'n_embd'))],
    ['feed_forward_length', count(config.needed('intermediate_size', 'n_inner'))],
    ['attention.head_count', count(config.needed('num_attention_heads', 'n_head'))],
    ['attention.head_count_kv', count(config.count('num_key_value_heads'))],
    ['attention.layer_norm_rms_epsilon', float(config.number('rms_norm_eps'))],
    ['pooling_type', count(await poolingType(checkpoint))],
  ];
}
