/**
 * Lasting pools of compute threads, one per number of threads ever used. Without a pool ggml starts and joins its threads at
 * every step: with steps of a few milliseconds that is a visible share. Threads of a pool that is not in use sleep.
 */
import koffi from 'koffi';
import type { Bindings } from './bindings.ts';
import type { Pointer } from './structs.ts';

export class Threadpools {
  readonly #bindings: Bindings;
  readonly #context: Pointer;
  readonly #create: ((threads: number) => Pointer | undefined) | undefined;
  readonly #pools = new Map<number, Pointer | undefined>();

  constructor(bindings: Bindings, context: Pointer) {
    this.#bindings = bindings;
    this.#context = context;
    const registry = bindings.registryByName('CPU');
    const address = registry === null ? null : bindings.procAddress(registry, 'ggml_threadpool_new');
    if (address === null) return;
    const proto = koffi.proto('void *corral_threadpool_new(ggml_threadpool_params *params)');
    this.#create = (threads) => {
      const pool: unknown = koffi.call(address, proto, bindings.defaultThreadpoolParams(threads));
      return typeof pool === 'bigint' ? pool : undefined;
    };
  }

  /** From the next step on, compute with `threads` threads. */
  use(threads: number): void {
    this.#bindings.setThreads(this.#context, threads, threads);
    const pool = this.#pool(threads);
    if (pool === undefined) this.#bindings.detachThreadpool(this.#context);
    else this.#bindings.attachThreadpool(this.#context, pool, pool);
  }

  /** One thread needs no pool: it is the caller's. */
  #pool(threads: number): Pointer | undefined {
    if (threads < 2) return undefined;
    if (!this.#pools.has(threads)) this.#pools.set(threads, this.#create?.(threads));
    return this.#pools.get(threads);
  }
}
