/** What use cases ask of the scheduler. How it decides is in the files beside this one. */
import type { Runner } from '../engine/runner.ts';
import type { StoredModel } from '../store/stored-model.ts';

/** Options that decide how a model is loaded; a change reloads it, undefined = automatic (never a reason to reload). */
export interface LoadOptions {
  readonly contextTokens: number | undefined;
  readonly batchTokens: number | undefined;
  readonly gpuLayers: number | undefined;
  readonly mainGpu: number | undefined;
  readonly useMmap: boolean | undefined;
  readonly threads: number | undefined;
}

export interface AcquireRequest {
  readonly model: StoredModel;
  readonly options: LoadOptions;
  /** Infinity = for ever, 0 = until idle, undefined = what the resident runner had, otherwise the setting. */
  readonly keepAliveMs: number | undefined;
}

/** A runner granted to one request. `release` exactly once, when the request has ended in whatever way; the keep-alive countdown starts with the last one. */
export interface Lease {
  readonly runner: Runner;
  readonly release: () => void;
}

export interface ResidentModel {
  readonly model: StoredModel;
  readonly sizeBytes: number;
  readonly vramBytes: number;
  readonly contextTokens: number;
  /** undefined = never. */
  readonly expiresAt: Date | undefined;
}

export interface ModelPool {
  /**
   * A runner with the model loaded. Waits in the queue where it must; rejects with `busy` when the queue is full, `canceled` when the
   * signal aborts (a load that nobody else waits for is then ended), `not_enough_memory`, `load_failed`, `load_timeout`, `bad_gguf`.
   */
  acquire(request: AcquireRequest, signal: AbortSignal): Promise<Lease>;
  /** keep_alive 0 without a request: unloads once idle. Resolves at once, also when not resident. */
  unload(model: StoredModel): void;
  /** Latest expiry first. */
  resident(): readonly ResidentModel[];
  /** Ends every runner; after this `acquire` rejects. */
  close(): Promise<void>;
  /** Called whenever the pool has become empty (no model resident, none loading). */
  onEmpty(listener: () => void): void;
}
