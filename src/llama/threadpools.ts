/**
 * Lasting pools of compute threads, one per number of threads ever used. Without a pool ggml starts and joins its threads at
 * every step: with steps of a few milliseconds that is a visible share. Threads of a pool that is not in use sleep.
 */
import { readdirSync } from 'node:fs';
import koffi from 'koffi';
import type { Bindings } from './bindings.ts';
import type { Pointer } from './structs.ts';

interface Pool {
  readonly address: Pointer;
  readonly workers: readonly number[];
}

export class Threadpools {
  readonly #bindings: Bindings;
  readonly #contexts: readonly Pointer[];
  readonly #create: ((threads: number) => Pool | undefined) | undefined;
  readonly #pools = new Map<number, Pool | undefined>();
  #used: Pool | undefined;

  /** `contexts` compute one at a time, never at once: they share the pools. */
  constructor(bindings: Bindings, contexts: readonly Pointer[]) {
    this.#bindings = bindings;
    this.#contexts = contexts;
    const registry = bindings.registryByName('CPU');
    const address = registry === null ? null : bindings.procAddress(registry, 'ggml_threadpool_new');
    if (address === null) return;
    const proto = koffi.proto('void *corral_threadpool_new(ggml_threadpool_params *params)');
    this.#create = (threads) => {
      const params = bindings.defaultThreadpoolParams(threads);
      // Between steps the workers sleep instead of spinning: the server, which passes tokens on, needs a core just then.
      // Measured on 2 cores over HTTP: 117 to 132 tokens per second instead of 105 to 125, eight streams 134 to 157 instead of 131 to 137.
      params.poll = 0;
      const before = new Set(ownThreads());
      const pool: unknown = koffi.call(address, proto, params);
      if (typeof pool !== 'bigint') return undefined;
      return { address: pool, workers: ownThreads().filter((thread) => !before.has(thread)) };
    };
  }

  /** The system's numbers of the threads that compute beside the caller's; none where the system does not tell. */
  get workers(): readonly number[] {
    return this.#used?.workers ?? [];
  }

  /** From the next step on, compute with `threads` threads. */
  use(threads: number): void {
    const pool = this.#pool(threads);
    this.#used = pool;
    for (const context of this.#contexts) {
      this.#bindings.setThreads(context, threads, threads);
      if (pool === undefined) this.#bindings.detachThreadpool(context);
      else this.#bindings.attachThreadpool(context, pool.address, pool.address);
    }
  }

  /** One thread needs no pool: it is the caller's. */
  #pool(threads: number): Pool | undefined {
    if (threads < 2) return undefined;
    if (!this.#pools.has(threads)) this.#pools.set(threads, this.#create?.(threads));
    return this.#pools.get(threads);
  }
}

/** Of this process; Linux's alone. */
function ownThreads(): readonly number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [];
  }
}
