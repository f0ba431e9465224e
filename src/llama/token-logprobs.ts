/** Log probabilities over the whole vocabulary, from raw logits: what Ollama's engine reports, whatever the sampler did. */

export interface RankedToken {
  readonly token: number;
  readonly logprob: number;
}

/** The chosen token's log probability and those of the `count` most likely tokens, best first. */
export function tokenLogprobs(
  logits: Float32Array,
  chosen: number,
  count: number,
): { readonly logprob: number; readonly top: readonly RankedToken[] } {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  const normalizer = highest + Math.log(sum);
  const top = mostLikely(logits, count).map((token) => ({ token, logprob: (logits[token] ?? 0) - normalizer }));
  return { logprob: (logits[chosen] ?? 0) - normalizer, top };
}

/** Insertion into a short sorted list: `count` is at most 20, the vocabulary is large. */
function mostLikely(logits: Float32Array, count: number): number[] {
  const best: number[] = [];
  if (count === 0) return best;
  let lowest = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] ?? 0;
    if (best.length === count && logit <= lowest) continue;
    let at = best.length;
    while (at > 0 && (logits[best[at - 1] ?? 0] ?? 0) < logit) at--;
    best.splice(at, 0, token);
    if (best.length > count) best.pop();
    lowest = logits[best.at(-1) ?? 0] ?? 0;
  }
  return best;
}
