/**
 * One thread where an answer begins while others hold every core. The engine's threads wait for one another spinning (thread-count.ts); beside two
 * threads that keep two cores busy, two of them took 300 ms for a prompt that one computes in 80. Whether time is lost shows only after half a second, and by then a short answer is
 * over, so here the system is asked who else wants to run. Another engine's threads go on spinning for 150 ms behind its last token; so as soon as there is a core
 * for each, all threads compute again. Pure but for what it is told.
 */

/** Steps within an answer follow one another at once. */
const beginsAfterMs = 20;
/** More tokens than this take one thread longer than others usually spin: then it is better to suffer them for a while. */
const mostTokens = 48;
/** Whoever still holds a core then is no engine that comes to rest; how many threads are worth their while beside it is found out by measuring. */
const restMs = 500;

export interface NextStep {
  readonly threads: number;
  /** At most so many; not counted at a step within an answer, unless it began crowded. */
  readonly tokens: () => number;
  readonly nowMs: number;
  readonly idleMs: number;
}

export class CrowdedStart {
  readonly #cores: number;
  /** Threads that could run beside this one; undefined = unknown. */
  readonly #others: () => number | undefined;
  #isCrowded = false;
  #sinceMs = 0;

  constructor(cores: number, others: () => number | undefined) {
    this.#cores = cores;
    this.#others = others;
  }

  /** Whether the next step, at `nowMs` and `idleMs` behind the last one, should make do with one of its `threads`. */
  isCrowded({ threads, tokens, nowMs, idleMs }: NextStep): boolean {
    const begins = idleMs >= beginsAfterMs;
    if (!begins && !this.#isCrowded) return false;
    if (threads < 2 || tokens() > mostTokens) {
      this.#isCrowded = false;
    } else if (begins) {
      // The server and its client, which have just sent the request, may look like a crowd, but not twice.
      this.#isCrowded = this.#othersHold(this.#cores) && this.#othersHold(this.#cores);
      this.#sinceMs = nowMs;
    } else {
      this.#isCrowded = this.#othersHold(nowMs - this.#sinceMs < restMs ? this.#cores - threads + 1 : this.#cores);
    }
    return this.#isCrowded;
  }

  #othersHold(cores: number): boolean {
    return (this.#others() ?? 0) >= cores;
  }
}
