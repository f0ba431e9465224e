/**
 * How many drafted tokens each decoding sequence has checked in the next step. Pure.
 *
 * The aim is most tokens per millisecond: a drafted token is worth the chance that it and all before it are right, and costs what it
 * adds to the step. The likeliest are added one by one, across all sequences, and the number with the best ratio is kept, so that a
 * sequence that repeats itself is drafted for even beside others that do not.
 */
export interface Drafting {
  /** Chance of each drafted token once those before it were right, 0 to 1. */
  readonly share: number;
  /** Tokens that could be checked. */
  readonly most: number;
}

/** `baseTokens` are in the step anyway; `room` more fit. `cost` gives the milliseconds of a step by its tokens. */
export function planDrafts(
  sequences: readonly Drafting[],
  baseTokens: number,
  room: number,
  cost: (tokens: number) => number,
): number[] {
  const chosen = sequences.map(() => 0);
  const chances = sequences.map(({ share, most }) => (most > 0 ? share : 0));
  let best = [...chosen];
  let expected = sequences.length;
  let bestRate = expected / cost(baseTokens);
  for (let added = 1; added <= room; added++) {
    let likeliest = 0;
    for (let i = 1; i < chances.length; i++) if ((chances[i] ?? 0) > (chances[likeliest] ?? 0)) likeliest = i;
    const chance = chances[likeliest] ?? 0;
    const sequence = sequences[likeliest];
    if (chance <= 0 || sequence === undefined) break;
    const count = (chosen[likeliest] ?? 0) + 1;
    chosen[likeliest] = count;
    expected += chance;
    chances[likeliest] = count < sequence.most ? chance * sequence.share : 0;
    const rate = expected / cost(baseTokens + added);
    if (rate <= bestRate) continue;
    bestRate = rate;
    best = [...chosen];
  }
  return best;
}
