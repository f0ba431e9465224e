/**
 * How long a small step of n tokens takes, learned from steps as they happen. One token alone goes through kernels of its own; from two
 * on the time is nearly linear, so a line is fitted (least squares, older steps count less). Until enough was seen, and again when
 * nothing was seen for long, a shape measured on other machines stands in.
 */

/** A step of n tokens in times of one token's: SmolLM2-135M on 2 cores, Zen 4 and Sapphire Rapids, the slower of both. */
const shape = (tokens: number): number => 1.2 + 0.34 * tokens;
/** Where the shape stands in, and for how many steps. */
const shapeTokens: readonly number[] = [2, 8, 16];
const shapeWeight = 0.5;
const decay = 0.97;
const weightOfOne = 0.1;

export class StepCost {
  /** ms; undefined before the first step of one token. */
  #one: number | undefined;
  #weight = 0;
  #sumTokens = 0;
  #sumSquares = 0;
  #sumMs = 0;
  #sumProducts = 0;
  #line: { readonly base: number; readonly perToken: number } | undefined;

  record(tokens: number, ms: number): void {
    this.#line = undefined;
    if (tokens === 1) {
      this.#one = this.#one === undefined ? ms : this.#one + (ms - this.#one) * weightOfOne;
      return;
    }
    this.#weight = this.#weight * decay + 1;
    this.#sumTokens = this.#sumTokens * decay + tokens;
    this.#sumSquares = this.#sumSquares * decay + tokens * tokens;
    this.#sumMs = this.#sumMs * decay + ms;
    this.#sumProducts = this.#sumProducts * decay + tokens * ms;
  }

  /** Expected milliseconds; before any measurement in units of one token's step. */
  ms(tokens: number): number {
    const one = this.#one ?? this.#guessOne();
    if (tokens === 1) return one;
    const { base, perToken } = (this.#line ??= this.#fit(one));
    return Math.max(one, base + perToken * tokens);
  }

  #guessOne(): number {
    return this.#weight === 0 ? 1 : this.#sumMs / this.#weight / shape(this.#sumTokens / this.#weight);
  }

  #fit(one: number): { readonly base: number; readonly perToken: number } {
    let [weight, x, xx, y, xy] = [this.#weight, this.#sumTokens, this.#sumSquares, this.#sumMs, this.#sumProducts];
    for (const tokens of shapeTokens) {
      const ms = shape(tokens) * one;
      weight += shapeWeight;
      x += shapeWeight * tokens;
      xx += shapeWeight * tokens * tokens;
      y += shapeWeight * ms;
      xy += shapeWeight * tokens * ms;
    }
    const perToken = Math.max(0, (weight * xy - x * y) / (weight * xx - x * x));
    return { base: (y - perToken * x) / weight, perToken };
  }
}
