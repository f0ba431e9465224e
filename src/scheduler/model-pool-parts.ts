/** What a model pool is built from. */
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../core/logger.ts';
import type { LoadRequest } from '../engine/runner-protocol.ts';
import type { Runner } from '../engine/runner.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { MachineMemory } from './memory-room.ts';
import type { LoadOptions } from './model-pool.ts';

export interface LoadPlan {
  /** Sizes are final. */
  readonly load: LoadRequest;
  /** Most memory the runner will take, all in. */
  readonly estimateBytes: number;
  /** Whether the model's draft is left out because both together need too much memory; absent = no. */
  readonly leavesOutDraft?: boolean;
}

export interface AvailableMemory {
  /** Without unloading anything. */
  readonly freeBytes: number;
  /** What unloading every other model would give back. */
  readonly residentBytes: number;
}

export interface ModelPoolParts {
  /**
   * Starts a child and loads the model; must settle after an abort too, once the child is gone. `onProgress` is the sign of life
   * that the load time-out waits for.
   */
  readonly startRunner: (
    load: LoadRequest,
    wait: { readonly signal: AbortSignal; readonly onProgress: (fraction: number) => void },
  ) => Promise<Runner>;
  /**
   * Sizes a load. Automatic sizes should fit `freeBytes` where they can; a plan beyond that unloads other models. Rejects with
   * `bad_gguf`, or with `not_enough_memory` when not even the smallest sizes fit both together.
   */
  readonly planLoad: (model: StoredModel, options: LoadOptions, memory: AvailableMemory) => Promise<LoadPlan>;
  readonly settings: Pick<
    Settings,
    'keepAliveMs' | 'loadTimeoutMs' | 'maxLoadedModels' | 'maxQueue' | 'memoryLimitBytes'
  >;
  readonly logger: Logger;
  /** For tests; otherwise the machine's own. */
  readonly machineMemory?: () => MachineMemory;
}
