/**
 * How long a small step of n tokens takes, learned from steps as they happen. One token alone goes through kernels of its own; from two
 * on the time is nearly linear, so a line is fitted (least squares, older steps count less). Until enough was seen, and again when
 * nothing was seen for long, a shape measured on other machines stands in.
 *
 * Kernels compute tokens in tiles of four, and a token that fills up a tile can be for nothing: on a Zen 5 seven tokens took 28.1 ms, eight 27.6,
 * nine 32.0, twelve 37.4. So what steps took more than the line says is learned by what their tokens leave of a tile. Replayed on 98 recorded
 * answers with times measured for each number of tokens, drafts planned with that knowledge brought eight streams 2 to 4 % more, four 3 to 6, one 0 to 3.
 */

/** A step of n tokens in times of one token's: SmolLM2-135M on 2 cores, Zen 4 and Sapphire Rapids, the slower of both. */
const shape = (tokens: number): number => 1.2 + 0.34 * tokens;
/** Where the shape stands in, and for how many steps. */
const shapeTokens: readonly number[] = [2, 8, 16];
const shapeWeight = 0.5;
const decay = 0.97;
/** A step takes longer than it should for many reasons, the first one of a process nearly always, and never less. */
const weightOfLongerOne = 0.1;
const weightOfShorterOne = 0.5;
/** Once so much was seen, a step that took more than so many times what was expected counts as if it had taken that: somebody else was in its way. */
const enoughWeight = 4;
const mostBeyond = 1.5;
const tile = 4;
const weightInTile = 0.1;

interface Line {
  readonly base: number;
  readonly perToken: number;
}

export class StepCost {
  /** ms; undefined before the first step of one token. */
  #one: number | undefined;
  #weight = 0;
  #sumTokens = 0;
  #sumSquares = 0;
  #sumMs = 0;
  #sumProducts = 0;
  #line: Line | undefined;
  /** Beyond the line, by the remainder of tokens: milliseconds. */
  readonly #beyond = new Float64Array(tile);

  /** `outputs`: of how many tokens the logits were wanted. Those of a prompt are cheaper for want of it, but near enough for the line. */
  record(tokens: number, ms: number, outputs = tokens): void {
    if (tokens === 1) {
      const known = this.#one ?? ms;
      this.#one = known + (ms - known) * (ms > known ? weightOfLongerOne : weightOfShorterOne);
      this.#line = undefined;
      return;
    }
    if (outputs === tokens) this.#learnTile(tokens, ms);
    const most = this.#weight < enoughWeight ? Infinity : mostBeyond * this.ms(tokens);
    this.#learnLine(tokens, Math.min(ms, most));
  }

  /** Expected milliseconds; before any measurement in units of one token's step. */
  ms(tokens: number): number {
    const one = this.#one ?? this.#guessOne();
    if (tokens === 1) return one;
    const { base, perToken } = this.#lineNow();
    return Math.max(one, base + perToken * tokens + (this.#beyond[tokens % tile] ?? 0));
  }

  #learnTile(tokens: number, ms: number): void {
    const { base, perToken } = this.#lineNow();
    // A tile is worth no more than the tokens that fill it; what goes beyond that was somebody else's doing.
    const most = perToken * (tile - 1);
    const beyond = Math.min(most, Math.max(-most, ms - base - perToken * tokens));
    const known = this.#beyond[tokens % tile] ?? 0;
    this.#beyond[tokens % tile] = known + (beyond - known) * weightInTile;
  }

  #learnLine(tokens: number, ms: number): void {
    this.#weight = this.#weight * decay + 1;
    this.#sumTokens = this.#sumTokens * decay + tokens;
    this.#sumSquares = this.#sumSquares * decay + tokens * tokens;
    this.#sumMs = this.#sumMs * decay + ms;
    this.#sumProducts = this.#sumProducts * decay + tokens * ms;
    this.#line = undefined;
  }

  /** One token's step, from what steps of several took. */
  #guessOne(): number {
    return this.#weight === 0 ? 1 : this.#sumMs / this.#weight / shape(this.#sumTokens / this.#weight);
  }

  #lineNow(): Line {
    return (this.#line ??= this.#fit());
  }

  #fit(): Line {
    let [weight, x, xx, y, xy] = [this.#weight, this.#sumTokens, this.#sumSquares, this.#sumMs, this.#sumProducts];
    // Steps of several tokens tell more of one another than one alone does: where its time was a bad one, no draft would ever look worth its while.
    const one = weight === 0 ? (this.#one ?? 1) : this.#guessOne();
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
