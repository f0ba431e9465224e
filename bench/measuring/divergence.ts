/** How far a model's next-token distribution is from another's, both given as logits over the same vocabulary. */

export interface Divergence {
  /** Kullback-Leibler divergence of `other` from `base`, in nats: sum over tokens of p log(p / q). */
  readonly nats: number;
  /** The token that `base` takes greedily. */
  readonly top: number;
  /** Whether `other` takes it too. */
  readonly agrees: boolean;
}

/** In 64-bit floats, with the largest logit taken off first, so nothing overflows. `base` and `other` have the same length. */
export function divergence(base: Float32Array, other: Float32Array): Divergence {
  const [ofBase, ofOther] = [summary(base), summary(other)];
  let nats = 0;
  for (let token = 0; token < base.length; token++) {
    const logP = (base[token] as number) - ofBase.logSum;
    nats += Math.exp(logP) * (logP - ((other[token] as number) - ofOther.logSum));
  }
  // Rounding can leave equal distributions a hair below zero.
  return { nats: Math.max(0, nats), top: ofBase.top, agrees: ofBase.top === ofOther.top };
}

function summary(logits: Float32Array): { readonly logSum: number; readonly top: number } {
  let top = 0;
  for (let token = 1; token < logits.length; token++) {
    if ((logits[token] as number) > (logits[top] as number)) top = token;
  }
  const most = logits[top] ?? 0;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return { logSum: most + Math.log(sum), top };
}
