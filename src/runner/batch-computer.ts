/** Computes batches with as many threads as are worth their while at the moment. */
import { openCallingThread } from '../llama/calling-thread.ts';
import type { DecodeResult, Model } from '../llama/model.ts';
import type { Threadpools } from '../llama/threadpools.ts';
import type { TokenBatch } from '../llama/token-batch.ts';
import type { FreeCores } from './free-cores.ts';
import { standApart } from './stand-apart.ts';
import { StepCost } from './step-cost.ts';
import { ThreadCount } from './thread-count.ts';

export class BatchComputer {
  readonly #model: Model;
  readonly #pools: Threadpools;
  readonly #freeCores: FreeCores;
  /** Of all threads. */
  readonly #cost = new StepCost();
  #count: ThreadCount;
  #threads: number;
  #keptShare = 1;
  readonly #thread = openCallingThread();
  /** Whether this thread may have been moved since the last step, or was in a worker's way in it. */
  #mayBeInTheWay = true;

  constructor(model: Model, pools: Threadpools, freeCores: FreeCores, threads: number) {
    this.#model = model;
    this.#pools = pools;
    this.#freeCores = freeCores;
    this.#count = new ThreadCount(threads);
    this.#threads = threads;
    pools.use(threads);
  }

  /** Of the last step. */
  get threads(): number {
    return this.#threads;
  }

  /** Of the last step: the share of its threads' time that they had. */
  get keptShare(): number {
    return this.#keptShare;
  }

  /** From now on `threads` at most. */
  useThreads(threads: number): void {
    this.#count = new ThreadCount(threads);
    this.#use(threads);
  }

  /** Nothing is left to compute for now. */
  rest(): void {
    this.#mayBeInTheWay = true;
    this.#freeCores.rest();
  }

  /** Blocks the thread for as long as it takes. */
  compute(batch: TokenBatch): DecodeResult {
    const most = this.#count.now;
    this.#use(this.#freeCores.threads(most, this.#cost.ms(batch.length), performance.now()));
    if (this.#mayBeInTheWay && this.#thread !== undefined) standApart(this.#thread, this.#pools.workers);
    // Not before: waiting for cores is no part of what the step takes.
    const startedMs = performance.now();
    const before = process.cpuUsage();
    const result = this.#model.decode(batch);
    const used = process.cpuUsage(before);
    const nowMs = performance.now();
    const step = {
      threads: this.#threads,
      wallMs: nowMs - startedMs,
      cpuMs: (used.user + used.system) / 1000,
      nowMs,
    };
    this.#keptShare = Math.min(1, step.cpuMs / (step.wallMs * step.threads));
    this.#freeCores.record(step);
    this.#mayBeInTheWay = this.#freeCores.hasLost;
    this.#cost.record(batch.length, (step.wallMs * step.threads) / most);
    // What fewer used says nothing about what all of them would get.
    if (this.#threads === most) this.#count.record(step);
    return result;
  }

  #use(threads: number): void {
    if (threads === this.#threads) return;
    this.#threads = threads;
    this.#pools.use(threads);
  }
}
