/**
 * A lasting pool of compute threads. Without one, ggml starts and joins its threads at every step: with steps of a few
 * milliseconds that is a visible share.
 */
import koffi from 'koffi';
import type { Bindings } from './bindings.ts';
import type { Pointer } from './structs.ts';

/** Attaches a pool of `threads` to the context; false when this build's CPU backend offers none. */
export function attachThreadpool(bindings: Bindings, context: Pointer, threads: number): boolean {
  const registry = bindings.registryByName('CPU');
  const create = registry === null ? null : bindings.procAddress(registry, 'ggml_threadpool_new');
  if (create === null) return false;
  const proto = koffi.proto('void *corral_threadpool_new(ggml_threadpool_params *params)');
  const pool: unknown = koffi.call(create, proto, bindings.defaultThreadpoolParams(threads));
  if (typeof pool !== 'bigint') return false;
  bindings.attachThreadpool(context, pool, pool);
  return true;
}
