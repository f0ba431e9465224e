/**
 * Everything the scheduler knows. Only `decide` makes new states; nothing here is changed in place.
 *
 * A runner is known from its load on (`load`), then lives in `runners`:
 *
 *   phase    memory and slot counted   may be granted   leaves when
 *   ready    yes                       yes              closed by us (idle, or the pool ends), or its process ends
 *   closing  yes                       no               its close() has resolved
 *   gone     no                        no               the last of the leases it had when it crashed is released
 */
import type { CorralError } from '../core/corral-error.ts';
import type { LoadedFacts, LoadRequest } from '../engine/runner-protocol.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { MachineMemory } from './memory-room.ts';
import type { LoadPlan } from './model-pool-parts.ts';
import type { LoadOptions } from './model-pool.ts';

export interface SchedulerLimits {
  /** Models in memory at once, loading and closing ones included. At least 1. */
  readonly maxLoaded: number;
  /** Requests that may wait behind the one being served. */
  readonly maxQueue: number;
  readonly keepAliveMs: number;
  readonly loadTimeoutMs: number;
  /** 0 = what the machine has free. */
  readonly memoryLimitBytes: number;
}

/** An `acquire` that has been neither granted nor rejected. */
export interface WaitingRequest {
  readonly id: number;
  /** On whose behalf; the text has no meaning. */
  readonly client: string;
  readonly key: string;
  readonly model: StoredModel;
  readonly options: LoadOptions;
  readonly keepAliveMs: number | undefined;
}

/** What `planLoad` decided for a request, with the machine's memory as it was read for it. */
export interface SizedLoad extends LoadPlan {
  readonly machine: MachineMemory;
}

/** The plan asked for (undefined) or made for the request at the head of the queue. */
interface Preparation {
  readonly planId: number;
  readonly requestId: number;
  readonly plan: SizedLoad | undefined;
}

export interface CurrentLoad {
  readonly runnerId: number;
  readonly key: string;
  readonly model: StoredModel;
  readonly options: LoadOptions;
  readonly load: LoadRequest;
  readonly estimateBytes: number;
  readonly lastSignMs: number;
  /** An aborting load keeps its place and memory until startRunner has settled. */
  readonly phase: 'running' | 'aborting';
}

export interface PooledRunner {
  readonly id: number;
  readonly key: string;
  /** Of the request that loaded it; other names with the same weights share it. */
  readonly model: StoredModel;
  readonly load: LoadRequest;
  readonly facts: LoadedFacts;
  /** Options known to lead to this very load, the latest first. */
  readonly acceptedOptions: readonly LoadOptions[];
  /** Counted against the memory: the larger of the estimate and what the engine reports. */
  readonly heldBytes: number;
  readonly phase: 'ready' | 'closing' | 'gone';
  readonly leases: number;
  /** How many of them each client has; those without any are not in it. */
  readonly leasesByClient: ReadonlyMap<string, number>;
  readonly keepAliveMs: number;
  /** When the last lease was released; of use only while there is none. */
  readonly idleSinceMs: number;
}

/** Whom the head of the queue waits for, and how many newer requests those runners have still taken since (see give-way.ts). */
interface Overtaking {
  readonly requestId: number;
  readonly wanted: ReadonlySet<number>;
  readonly counts: ReadonlyMap<number, number>;
}

export interface SchedulerState {
  readonly limits: SchedulerLimits;
  /** Clients in turns, each one's in order of arrival (place-by-client.ts). */
  readonly queue: readonly WaitingRequest[];
  readonly runners: ReadonlyMap<number, PooledRunner>;
  readonly load: CurrentLoad | undefined;
  readonly preparation: Preparation | undefined;
  readonly overtaking: Overtaking | undefined;
  /** Key of a load that ran out of memory and is tried once more, now that idle models were unloaded for it. */
  readonly roomMadeFor: string | undefined;
  /** What the one timer is set to. */
  readonly timerAtMs: number | undefined;
  readonly lifecycle: 'open' | 'closing' | 'closed';
  readonly nextId: number;
}

/** What has happened. Ids of plans and runners are the ones that the effects named. */
export type SchedulerEvent =
  | { readonly type: 'acquire'; readonly request: WaitingRequest }
  | { readonly type: 'cancel'; readonly requestId: number }
  | { readonly type: 'release'; readonly runnerId: number; readonly client: string }
  | { readonly type: 'planned'; readonly planId: number; readonly plan: SizedLoad }
  | { readonly type: 'plan-failed'; readonly planId: number; readonly error: CorralError }
  | { readonly type: 'progress'; readonly runnerId: number }
  | { readonly type: 'loaded'; readonly runnerId: number; readonly facts: LoadedFacts }
  | { readonly type: 'load-failed'; readonly runnerId: number; readonly error: CorralError }
  | { readonly type: 'runner-ended'; readonly runnerId: number }
  | { readonly type: 'runner-closed'; readonly runnerId: number }
  | { readonly type: 'timer' }
  | { readonly type: 'unload'; readonly key: string }
  | { readonly type: 'close' };

export type CloseReason = 'expired' | 'evicted' | 'reload' | 'aborted' | 'shutdown';

/** What is to be done, in this order. */
export type SchedulerEffect =
  | { readonly type: 'grant'; readonly requestId: number; readonly runnerId: number }
  | { readonly type: 'reject'; readonly requestId: number; readonly error: CorralError }
  | {
      readonly type: 'plan';
      readonly planId: number;
      readonly model: StoredModel;
      readonly options: LoadOptions;
      /** Taken by models that could be unloaded. */
      readonly heldBytes: number;
    }
  | { readonly type: 'start-load'; readonly runnerId: number; readonly model: StoredModel; readonly plan: SizedLoad }
  | { readonly type: 'abort-load'; readonly runnerId: number }
  | { readonly type: 'close-runner'; readonly runnerId: number; readonly reason: CloseReason }
  /** The one timer; undefined stops it. */
  | { readonly type: 'set-timer'; readonly atMs: number | undefined }
  /** Nothing is resident, loading, leased or waited for any more. */
  | { readonly type: 'empty' }
  /** After `close`: every runner is gone. */
  | { readonly type: 'closed' };

export function initialState(limits: SchedulerLimits): SchedulerState {
  return {
    limits,
    queue: [],
    runners: new Map(),
    load: undefined,
    preparation: undefined,
    overtaking: undefined,
    roomMadeFor: undefined,
    timerAtMs: undefined,
    lifecycle: 'open',
    nextId: 1,
  };
}

/** Runners that take memory and a slot: all but those whose process has ended by itself. */
export function holdingRunners(state: SchedulerState): readonly PooledRunner[] {
  return [...state.runners.values()].filter((runner) => runner.phase !== 'gone');
}

export function heldBytes(state: SchedulerState): number {
  return holdingRunners(state).reduce((sum, runner) => sum + runner.heldBytes, 0);
}

export function readyRunners(state: SchedulerState): readonly PooledRunner[] {
  return [...state.runners.values()].filter((runner) => runner.phase === 'ready');
}

export function readyRunner(state: SchedulerState, key: string): PooledRunner | undefined {
  return readyRunners(state).find((runner) => runner.key === key);
}

/** When an idle runner's keep-alive is over; Infinity = never. Undefined while it is leased or not ready. */
export function expiryMs(runner: PooledRunner): number | undefined {
  if (runner.phase !== 'ready' || runner.leases > 0) return undefined;
  return runner.idleSinceMs + runner.keepAliveMs;
}
