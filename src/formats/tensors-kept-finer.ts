/**
 * Tensors that a model needs in more bits than the rest. llama.cpp's quantiser knows most of them; these are the ones that Ollama adds,
 * found by trying: a few small tensors that ruin the text when they are coarse.
 */
interface KeptTensor {
  readonly pattern: string;
  readonly ggmlType: number;
}

const f16 = 1;
const q8 = 8;

const latentAttention = ['attn_k_b', 'attn_q_a', 'attn_q_b', 'attn_v_b', 'attn_kv_a_mqa'].map((name) => ({
  pattern: `${name}\\.weight$`,
  ggmlType: q8,
}));
const embeddings = ['token_embd', 'output'].map((name) => ({ pattern: `^${name}\\.weight$`, ggmlType: f16 }));
/** Joins hidden states and embeddings for the guessing layer. */
const guessing = [{ pattern: '^blk\\.[0-9]+\\.nextn\\.eh_proj\\.weight$', ggmlType: q8 }];

const byArchitecture: ReadonlyMap<string, readonly KeptTensor[]> = new Map([
  ['qwen35', guessing],
  ['qwen35moe', guessing],
  // Read on every layer for every token, unlike an ordinary embedding.
  ['gemma3n', [{ pattern: '^per_layer_token_embd\\.weight$', ggmlType: f16 }]],
  ['deepseek2', latentAttention],
  ['glmocr', embeddings],
  ['glm4', embeddings],
]);

/** None where the target is fine enough by itself. */
export function tensorsKeptFiner(architecture: string, quantisation: string): readonly KeptTensor[] {
  const isCoarse = quantisation === 'Q4_K_S' || quantisation === 'Q4_K_M';
  return isCoarse ? (byArchitecture.get(architecture) ?? []) : [];
}
