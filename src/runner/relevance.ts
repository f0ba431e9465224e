/**
 * How relevant a document is, 0 to 1, from the numbers of a reranker's classifier. A single number is a logit. Of several, the engine has
 * made probabilities already, and the first is that of "relevant" (Qwen3's yes and no).
 */
export function relevance(outputs: Float32Array): number {
  const [first = Number.NaN] = outputs;
  return outputs.length === 1 ? 1 / (1 + Math.exp(-first)) : first;
}
