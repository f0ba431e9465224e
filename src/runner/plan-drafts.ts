/**
 * How many drafted tokens each decoding sequence has checked in the next step. Pure.
 *
 * The aim is most tokens per millisecond: a drafted token is worth the chance that it and all before it are right, and costs what it
 * adds to the step, and what a draft model needs to guess it. The likeliest are added one by one, across all sequences, and the number with
 * the best ratio is kept, so that a sequence that repeats itself is drafted for even beside others that do not.
 */
export interface Drafting {
  /** Chance of a draft's token, by its index, once those before it were right: 0 to 1. */
  readonly chance: (index: number) => number;
  /** Tokens that could be checked. */
  readonly most: number;
  /** Whether a draft model has to compute them, one after the other. */
  readonly isComputed: boolean;
}

export interface DraftCosts {
  /** Milliseconds of a step by its tokens. */
  readonly step: (tokens: number) => number;
  /** Milliseconds in which the draft model guesses one token for each of so many sequences. */
  readonly guess: (sequences: number) => number;
}

export interface DraftPlan {
  /** By sequence. */
  readonly counts: readonly number[];
  readonly tokensPerMs: number;
}

/** `baseTokens` are in the step anyway; `room` more fit. */
export function planDrafts(
  sequences: readonly Drafting[],
  baseTokens: number,
  room: number,
  costs: DraftCosts,
): DraftPlan {
  const chosen = sequences.map(() => 0);
  const chances = sequences.map(({ chance, most }) => (most > 0 ? chance(0) : 0));
  /** Sequences that the draft model guesses a first, second, ... token for. */
  const guessing: number[] = [];
  let guessMs = 0;
  let expected = sequences.length;
  let best: DraftPlan = { counts: [...chosen], tokensPerMs: expected / costs.step(baseTokens) };
  for (let added = 1; added <= room; added++) {
    let likeliest = 0;
    for (let i = 1; i < chances.length; i++) if ((chances[i] ?? 0) > (chances[likeliest] ?? 0)) likeliest = i;
    const chance = chances[likeliest] ?? 0;
    const sequence = sequences[likeliest];
    if (chance <= 0 || sequence === undefined) break;
    const before = chosen[likeliest] ?? 0;
    chosen[likeliest] = before + 1;
    if (sequence.isComputed) {
      const others = guessing[before] ?? 0;
      guessing[before] = others + 1;
      guessMs += costs.guess(others + 1) - (others > 0 ? costs.guess(others) : 0);
    }
    expected += chance;
    chances[likeliest] = before + 1 < sequence.most ? chance * sequence.chance(before + 1) : 0;
    const tokensPerMs = expected / (costs.step(baseTokens + added) + guessMs);
    if (tokensPerMs > best.tokensPerMs) best = { counts: [...chosen], tokensPerMs };
  }
  return best;
}
