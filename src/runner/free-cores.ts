/**
 * As many threads as there are cores that nobody else holds. The engine's threads meet at a barrier some hundred times per token and wait there
 * spinning, so one that shares its core holds up all. Measured on 2 cores beside one busy thread: with two threads 70 tokens per second in four
 * streams, 86 in one and a prompt of 120 tokens in 613 ms; with one thread 108, 132 and 488 ms. Only a step of a second gains by both.
 *
 * The system tells at once who wants to run, but others that want to for a moment are the rule: the server and its client, with their collectors
 * and compilers. So threads are taken back only where an answer begins, or steps have lost processor time, and then the cores are held for some
 * milliseconds; and given again as soon as there is a core for each. Pure but for what it is told and how it waits.
 */

/**
 * Whoever asks one question after the other is back before that, and the cores are held as they were. Its own turning round is what would be seen:
 * of twelve questions asked 5 to 8 ms after the last answer two were computed by one thread, in 35 ms instead of 21.
 */
const beginsAfterMs = 30;
/** Whoever passes an answer's first token on, or collects garbage, takes cores for so long. */
const passingMs = 40;
/**
 * How much longer a step may take with fewer threads. While others hold the cores, all threads lose at the barriers: some 500 ms per step, since all
 * steps have about as many. But those who hold cores where an answer begins may be another engine's threads, which go on spinning behind its last
 * token, for 150 ms and for twice that where they share a core; a step that takes much longer had better suffer them.
 */
const mostExtraMs = 600;
const mostExtraAtBeginMs = 120;
const beginningMs = 400;
/**
 * How often who seems to hold the cores is looked at, with pauses in which the server and its client come to an end. Where an answer begins the
 * server has just handed it over and still runs, often on this very core: a fifth of a millisecond is enough for it, while pauses of one let the
 * first text of a short question come 1 ms later (of 40).
 */
const looks = 10;
const pauseMs = 0.2;
/** Share of the threads' time that a step has when nobody is in its way, and a little less. */
const undisturbedShare = 0.85;

export interface WatchedMachine {
  readonly cores: number;
  /** Threads that could run beside this one; undefined = unknown, and all cores count as free. */
  readonly others: () => number | undefined;
  /** Blocks for so many milliseconds. */
  readonly pause: (ms: number) => void;
}

/** A step that is over. */
export interface ComputedStep {
  readonly threads: number;
  readonly wallMs: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
  readonly nowMs: number;
}

export class FreeCores {
  readonly #machine: WatchedMachine;
  #most = 1;
  #free = Infinity;
  #beganMs = -Infinity;
  #endedMs = -Infinity;
  #rests = true;
  /** Length of the last steps without a break that lost time. */
  #lostMs = 0;

  constructor(machine: WatchedMachine) {
    this.#machine = machine;
  }

  /** How many of `most` threads should compute a step that begins at `nowMs` and would take all of them `expectedMs` if nobody were in their way. */
  threads(most: number, expectedMs: number, nowMs: number): number {
    this.#most = most;
    if (most < 2) return most;
    const begins = this.#rests && nowMs - this.#endedMs >= beginsAfterMs;
    this.#rests = false;
    if (begins) {
      this.#beganMs = nowMs;
      this.#free = this.#steadilyFree(most);
    } else {
      this.#giveBack();
    }
    const mostExtra = nowMs - this.#beganMs < beginningMs ? mostExtraAtBeginMs : mostExtraMs;
    return this.#free < most && expectedMs * (most / this.#free - 1) <= mostExtra ? this.#free : most;
  }

  /** Nothing is left to compute: the next step begins an answer. */
  rest(): void {
    this.#rests = true;
  }

  /** Whether the last step's threads were kept waiting for their cores. */
  get hasLost(): boolean {
    return this.#lostMs > 0;
  }

  record({ threads, wallMs, cpuMs, nowMs }: ComputedStep): void {
    this.#endedMs = nowMs;
    const hasLost = cpuMs < wallMs * threads * undisturbedShare;
    this.#lostMs = hasLost ? this.#lostMs + wallMs : 0;
    const free = this.#lostMs >= passingMs ? this.#steadilyFree(threads) : Infinity;
    if (free < threads) this.#free = free;
    else this.#giveBack();
  }

  /** Asks the system only where some were taken back: an undisturbed step is not held up for it. */
  #giveBack(): void {
    if (this.#free < this.#most) this.#free = Math.max(this.#free, this.#freeNow());
  }

  #steadilyFree(most: number): number {
    let free = this.#freeNow();
    for (let looked = 1; free < most && looked < looks; looked++) {
      this.#machine.pause(pauseMs);
      free = Math.max(free, this.#freeNow());
    }
    return free;
  }

  /** One, where others hold them all: it gets its share of that. */
  #freeNow(): number {
    return Math.max(1, this.#machine.cores - (this.#machine.others() ?? 0));
  }
}
