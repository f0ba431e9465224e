/**
 * One thread where an answer begins while others hold every core. The engine's threads wait for one another spinning (thread-count.ts); beside two
 * threads that keep two cores busy, two of them took 300 ms for a prompt that one computes in 80. Whether time is lost shows only after half a
 * second, and by then a short answer is over, so here the system is asked who else wants to run. Another engine's threads go on spinning for 150 ms
 * behind its last token; so as soon as there is a core for each, all threads compute again. Pure but for what it is told and how it waits.
 */

/** Steps within an answer follow one another at once. */
const beginsAfterMs = 20;
/** More tokens than this take one thread longer than others usually spin: then it is better to suffer them for a while. */
const mostTokens = 48;
/**
 * The server and its client, which have just sent the request, are a crowd for a moment, with their collectors and compilers: a step of three tokens
 * took 36 ms instead of 22 for their sake. So who seems to hold the cores is looked at again, with pauses in which they may come to an end.
 */
const looks = 3;
/** Whoever still holds a core then is no engine that comes to rest; how many threads are worth their while beside it is found out by measuring. */
const restMs = 500;

export interface NextStep {
  readonly threads: number;
  /** At most so many; not counted at a step within an answer, unless it began crowded. */
  readonly tokens: () => number;
  readonly nowMs: number;
  readonly idleMs: number;
}

export interface WatchedMachine {
  readonly cores: number;
  /** Threads that could run beside this one; undefined = unknown. */
  readonly others: () => number | undefined;
  /** Blocks for a millisecond. */
  readonly pause: () => void;
}

export class CrowdedStart {
  readonly #machine: WatchedMachine;
  #isCrowded = false;
  #sinceMs = 0;

  constructor(machine: WatchedMachine) {
    this.#machine = machine;
  }

  /** Whether the next step, at `nowMs` and `idleMs` behind the last one, should make do with one of its `threads`. */
  isCrowded({ threads, tokens, nowMs, idleMs }: NextStep): boolean {
    const { cores } = this.#machine;
    const begins = idleMs >= beginsAfterMs;
    if (!begins && !this.#isCrowded) return false;
    if (threads < 2 || tokens() > mostTokens) {
      this.#isCrowded = false;
    } else if (begins) {
      this.#isCrowded = this.#othersKeep(cores);
      this.#sinceMs = nowMs;
    } else {
      this.#isCrowded = this.#othersHold(nowMs - this.#sinceMs < restMs ? cores - threads + 1 : cores);
    }
    return this.#isCrowded;
  }

  #othersKeep(cores: number): boolean {
    for (let looked = 1; this.#othersHold(cores); looked++) {
      if (looked === looks) return true;
      this.#machine.pause();
    }
    return false;
  }

  #othersHold(cores: number): boolean {
    return (this.#machine.others() ?? 0) >= cores;
  }
}
