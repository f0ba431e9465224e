/** Chance that can be repeated: the same seed gives the same run on every machine (mulberry32 by Tommy Ettinger). */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** Waiting time until the next event of a Poisson process. */
  exponential(mean: number): number;
  /** A whole number; small and large orders of magnitude are equally likely. */
  logUniform(low: number, high: number): number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    exponential: (mean) => -Math.log(1 - next()) * mean,
    logUniform: (low, high) => Math.round(low * (high / low) ** next()),
  };
}
