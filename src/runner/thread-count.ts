/**
 * How many threads to compute with while other programs want the processor too. Pure but for the clock it is told.
 *
 * The engine's threads meet at a barrier some hundred times per token and wait there spinning. When one of them is off its
 * core, all wait for a time slice, at every barrier: with two busy programs beside it on 2 cores, decoding fell from 140 to 6
 * tokens per second, while one thread alone makes more than 60. So: as long as the threads really get their cores (processor
 * time used ~ wall time x threads), all are used; when they do not, fewer; and from time to time more are tried again, less
 * often the longer it was in vain.
 */
import type { ComputedStep } from './free-cores.ts';

const windowMs = 250;
/** A window alone may be a neighbour's last spin; two in a row are a neighbour. */
const crowdedWindows = 2;
/**
 * Below this share of the time that all threads should have had, somebody else holds a core. One busy neighbour on 2 cores leaves
 * 0.75, two leave 0.5; the server and its client alone, reading and writing every token of eight streams, bring it to about 0.8.
 */
const crowdedShare = 0.6;
const firstRetryMs = 500;
const lastRetryMs = 16_000;

export class ThreadCount {
  readonly #most: number;
  #threads: number;
  #wallMs = 0;
  #cpuMs = 0;
  #crowded = 0;
  #retryMs = firstRetryMs;
  #retryAtMs = 0;

  constructor(most: number) {
    this.#most = Math.max(1, most);
    this.#threads = this.#most;
  }

  /** For the next step. */
  get now(): number {
    return this.#threads;
  }

  /** A step of all of them took `wallMs`, in which they used `cpuMs` of processor time, and ended at `nowMs`. */
  record({ wallMs, cpuMs, nowMs }: Omit<ComputedStep, 'threads'>): void {
    this.#wallMs += wallMs;
    this.#cpuMs += cpuMs;
    if (this.#wallMs < windowMs) return;
    const share = this.#cpuMs / (this.#wallMs * this.#threads);
    this.#wallMs = 0;
    this.#cpuMs = 0;
    this.#crowded = share < crowdedShare ? this.#crowded + 1 : 0;
    if (this.#threads > 1 && this.#crowded >= crowdedWindows) {
      this.#crowded = 0;
      this.#threads = Math.max(1, Math.min(this.#threads - 1, Math.floor(this.#threads * share)));
      this.#retryAtMs = nowMs + this.#retryMs;
      this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2);
    } else if (this.#threads === this.#most) {
      if (this.#crowded === 0) this.#retryMs = firstRetryMs;
    } else if (nowMs >= this.#retryAtMs) {
      this.#threads = this.#most;
    }
  }
}
