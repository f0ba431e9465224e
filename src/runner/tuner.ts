/**
 * Finds out, once per machine and model, with how many threads it computes fastest: which of the processor's cores help is nothing that could be told
 * from their number (efficiency cores, two threads per core, shared caches). Measures only while nobody asks, a small piece at a time, each choice twice,
 * and takes another than the first choice only where that is clearly faster. Pure but for the measurement that it is given.
 */
export interface Measured {
  /** Milliseconds of a piece of a prompt, and of a few tokens one by one. The pieces are the same for all choices. */
  readonly promptMs: number;
  readonly decodeMs: number;
}

/** Less is within what two measurements of the same differ by. */
const clearlyFaster = 1.05;
const rounds = 2;

export class Tuner {
  readonly #choices: readonly number[];
  readonly #best: Map<number, Measured> = new Map();
  #done = 0;

  /** `choices`: numbers of threads, the first of which is used meanwhile. */
  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  /** The number of threads to measure next; undefined when all is known. */
  get next(): number | undefined {
    if (this.#choices.length < 2 || this.#done >= rounds * this.#choices.length) return undefined;
    return this.#choices[this.#done % this.#choices.length];
  }

  /** What `next` came to. */
  record(measured: Measured): void {
    const threads = this.next;
    if (threads === undefined) return;
    const before = this.#best.get(threads) ?? measured;
    this.#best.set(threads, {
      promptMs: Math.min(before.promptMs, measured.promptMs),
      decodeMs: Math.min(before.decodeMs, measured.decodeMs),
    });
    this.#done++;
  }

  /** The fastest, prompt and decoding counting alike; the first choice while not all is known. */
  get threads(): number {
    const [first = 1, ...others] = this.#choices;
    const reference = this.#best.get(first);
    if (this.next !== undefined || reference === undefined) return first;
    let best = first;
    let bestGain = clearlyFaster;
    for (const threads of others) {
      const measured = this.#best.get(threads);
      if (measured === undefined) continue;
      const gain = Math.sqrt((reference.promptMs / measured.promptMs) * (reference.decodeMs / measured.decodeMs));
      if (gain <= bestGain) continue;
      best = threads;
      bestGain = gain;
    }
    return best;
  }
}
