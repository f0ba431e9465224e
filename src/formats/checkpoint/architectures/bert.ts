/** BERT as an embedding model. */
import { count, flag, float, layerCount, text, type Architecture } from '../architecture.ts';
import { readModules } from '../pooling.ts';

export const bert: Architecture = {
  name: 'bert',
  ropes: [],
  names: {
    prefix: 'bert.',
    layers: 'encoder.layer.',
    inLayer: {
      'attention.self.query': 'attn_q',
      'attention.self.key': 'attn_k',
      'attention.self.value': 'attn_v',
      'attention.output.dense': 'attn_output',
      'attention.output.LayerNorm': 'attn_output_norm',
      'intermediate.dense': 'ffn_up',
      'output.dense': 'ffn_down',
      'output.LayerNorm': 'layer_output_norm',
    },
    outside: {
      'embeddings.word_embeddings': 'token_embd',
      'embeddings.token_type_embeddings': 'token_types',
      'embeddings.position_embeddings': 'position_embd',
      'embeddings.LayerNorm': 'token_embd_norm',
    },
    optional: {},
    leftOut: /\bembeddings\.position_ids$|\bpooler\.dense\./,
  },
  async entries(config, checkpoint) {
    const modules = await readModules(checkpoint);
    return [
      ['attention.causal', flag(false)],
      // Without a module that pools, each token keeps its vector.
      ['pooling_type', count(modules?.pooling ?? 0)],
      ['normalize_embeddings', flag(modules?.normalizes ?? false)],
      ['block_count', count(layerCount(config))],
      ['context_length', count(config.count('max_position_embeddings', 'n_ctx'))],
      ['embedding_length', count(config.needed('hidden_size', 'n_embd'))],
      ['feed_forward_length', count(config.needed('intermediate_size', 'n_inner'))],
      ['attention.head_count', count(config.needed('num_attention_heads', 'n_head'))],
      ['attention.layer_norm_epsilon', float(config.number('layer_norm_eps', 'layer_norm_epsilon', 'norm_epsilon'))],
      ['tokenizer.ggml.model', text('bert')],
      ['tokenizer.ggml.token_type_count', count(2)],
    ];
  },
  spelling: phantomSpace,
};

/** WordPiece marks what goes on within a word, the engine what begins one. */
function phantomSpace(token: string): string {
  if (token.startsWith('[') && token.endsWith(']')) return token;
  return token.startsWith('##') ? token.slice(2) : `▁${token}`;
}
