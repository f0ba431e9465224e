/**
 * The model pool: carries out what `decide` orders and reports back what came of it. No judgement is made here.
 *
 * Events are handled one after the other: one that an effect causes at once (a listener that acquires) waits until the effects
 * before it are done, so effects happen in the order in which they were decided.
 */
import { canceled } from '../core/canceled.ts';
import { CorralError, toCorralError } from '../core/corral-error.ts';
import { currentClient } from '../core/current-client.ts';
import type { Runner } from '../engine/runner.ts';
import { decide } from './decide.ts';
import { createDeadlineTimer } from './deadline-timer.ts';
import { handleInTurn } from './handle-in-turn.ts';
import { memoryRoom } from './memory-room.ts';
import { modelKey } from './model-key.ts';
import type { ModelPoolParts } from './model-pool-parts.ts';
import type { Lease, ModelPool } from './model-pool.ts';
import { readMachineMemory } from './read-machine-memory.ts';
import { residentModels } from './resident-models.ts';
import { areWeightsSlow } from './slow-weights.ts';
import { initialState, type CloseReason, type SchedulerEffect, type SchedulerEvent } from './scheduler-state.ts';

// Ollama's number for a machine without a GPU, and for one with one.
const automaticMaxLoaded = 3;

const reasonTexts: Readonly<Record<CloseReason, string>> = {
  expired: 'keep-alive is over',
  evicted: 'another model needs its place',
  reload: 'options changed',
  aborted: 'nobody waits for it',
  shutdown: 'shutting down',
};

export function createModelPool(parts: ModelPoolParts): ModelPool {
  const { settings, logger, machineMemory = readMachineMemory } = parts;
  let state = initialState({
    maxLoaded: settings.maxLoadedModels || automaticMaxLoaded,
    maxQueue: settings.maxQueue,
    keepAliveMs: settings.keepAliveMs,
    loadTimeoutMs: settings.loadTimeoutMs,
    memoryLimitBytes: settings.memoryLimitBytes,
  });
  const runners = new Map<number, Runner>();
  const loads = new Map<number, AbortController>();
  const acquires = new Map<number, Acquire>();
  const emptyListeners: (() => void)[] = [];
  const closeWaiters: (() => void)[] = [];
  const timer = createDeadlineTimer(() => dispatch({ type: 'timer' }));
  let nextRequestId = 1;

  const dispatch = handleInTurn((event: SchedulerEvent) => {
    const decision = decide(state, event, performance.now());
    ({ state } = decision);
    for (const effect of decision.effects) carryOut(effect);
  });

  function carryOut(effect: SchedulerEffect): void {
    switch (effect.type) {
      case 'grant':
        grant(effect.requestId, effect.runnerId);
        break;
      case 'reject':
        takeAcquire(effect.requestId)?.reject(effect.error);
        break;
      case 'plan':
        void plan(effect).then(dispatch);
        break;
      case 'start-load':
        void startLoad(effect);
        break;
      case 'abort-load':
        loads.get(effect.runnerId)?.abort();
        break;
      case 'close-runner':
        void closeRunner(effect).then(dispatch);
        break;
      case 'set-timer':
        timer.set(effect.atMs);
        break;
      case 'empty':
        for (const listener of emptyListeners) listener();
        break;
      case 'closed':
        for (const resolve of closeWaiters) resolve();
        break;
    }
  }

  function takeAcquire(requestId: number): Acquire | undefined {
    const acquire = acquires.get(requestId);
    acquires.delete(requestId);
    acquire?.stopListening();
    return acquire;
  }

  function grant(requestId: number, runnerId: number): void {
    const acquire = takeAcquire(requestId);
    const runner = runners.get(runnerId);
    if (acquire === undefined || runner === undefined) return;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      dispatch({ type: 'release', runnerId, client: acquire.client });
    };
    acquire.resolve({ runner, release });
  }

  async function plan(effect: EffectOf<'plan'>): Promise<SchedulerEvent> {
    const { planId, model, options, heldBytes } = effect;
    try {
      const machine = machineMemory();
      const { freeBytes } = memoryRoom(settings.memoryLimitBytes, machine, heldBytes);
      const sized = await parts.planLoad(model, options, { freeBytes, residentBytes: heldBytes });
      return { type: 'planned', planId, plan: { ...sized, machine } };
    } catch (thrown) {
      return { type: 'plan-failed', planId, error: toLoadError(thrown) };
    }
  }

  async function startLoad(effect: EffectOf<'start-load'>): Promise<void> {
    dispatch(await load(effect));
    // Only now: the end of a runner that is not known yet would be news about nobody.
    const runner = runners.get(effect.runnerId);
    if (runner !== undefined) await reportEnd(effect.runnerId, runner);
  }

  async function load(effect: EffectOf<'start-load'>): Promise<SchedulerEvent> {
    const { runnerId, model, plan } = effect;
    const fields = { model: model.name.model, tag: model.name.tag, runner: runnerId };
    const startedMs = performance.now();
    const controller = new AbortController();
    loads.set(runnerId, controller);
    logger.info('loading model', { ...fields, estimateBytes: plan.estimateBytes });
    if (plan.leavesOutDraft === true) logger.warn('the draft model is left out: there is too little memory', fields);
    try {
      const runner = await parts.startRunner(plan.load, {
        signal: controller.signal,
        onProgress: () => dispatch({ type: 'progress', runnerId }),
      });
      runners.set(runnerId, runner);
      logger.info('model loaded', { ...fields, ms: Math.round(performance.now() - startedMs) });
      const { fileType } = model.config;
      if (runner.facts.splitWeights) {
        const hint = 'every weight is what it was, see docs/weights.md; CORRAL_SPLIT_WEIGHTS=0 switches this off';
        logger.info('its Q4_1 weights are computed by the faster kernels of Q4_0', { ...fields, hint });
      }
      if (areWeightsSlow(fileType, runner.facts)) {
        const hint = 'prompts would be read faster with weights of another type, see docs/weights.md';
        logger.info('this processor computes these weights slowly', { ...fields, type: fileType, hint });
      }
      return { type: 'loaded', runnerId, facts: runner.facts };
    } catch (thrown) {
      const error = toLoadError(thrown);
      logger.warn('model not loaded', { ...fields, code: error.code, reason: error.message });
      return { type: 'load-failed', runnerId, error };
    } finally {
      loads.delete(runnerId);
    }
  }

  async function reportEnd(runnerId: number, runner: Runner): Promise<void> {
    const error = await runner.ended;
    // After close() this is no news.
    if (!runners.has(runnerId)) return;
    logger.error('runner ended by itself', { runner: runnerId, reason: error?.message });
    dispatch({ type: 'runner-ended', runnerId });
    runners.delete(runnerId);
  }

  async function closeRunner(effect: EffectOf<'close-runner'>): Promise<SchedulerEvent> {
    const { runnerId, reason } = effect;
    const runner = runners.get(runnerId);
    runners.delete(runnerId);
    logger.info('unloading model', { runner: runnerId, reason: reasonTexts[reason] });
    try {
      await runner?.close();
    } catch (thrown) {
      // It promises not to fail; if it does, the place must not stay taken for ever.
      logger.error('runner did not close cleanly', { runner: runnerId, reason: toCorralError(thrown).message });
    }
    return { type: 'runner-closed', runnerId };
  }

  return {
    acquire(request, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(canceled());
          return;
        }
        const id = nextRequestId++;
        const { model, options, keepAliveMs } = request;
        const cancel = () => dispatch({ type: 'cancel', requestId: id });
        signal.addEventListener('abort', cancel, { once: true });
        const client = currentClient() ?? '';
        const stopListening = () => signal.removeEventListener('abort', cancel);
        acquires.set(id, { client, resolve, reject, stopListening });
        dispatch({ type: 'acquire', request: { id, client, key: modelKey(model), model, options, keepAliveMs } });
      });
    },
    unload(model) {
      dispatch({ type: 'unload', key: modelKey(model) });
    },
    resident() {
      return residentModels(state, performance.now(), new Date());
    },
    async close() {
      if (state.lifecycle === 'closed') return;
      await new Promise<void>((resolve) => {
        closeWaiters.push(resolve);
        dispatch({ type: 'close' });
      });
    },
    onEmpty(listener) {
      emptyListeners.push(listener);
    },
  };
}

interface Acquire {
  readonly client: string;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: CorralError) => void;
  readonly stopListening: () => void;
}

type EffectOf<Type extends SchedulerEffect['type']> = Extract<SchedulerEffect, { readonly type: Type }>;

function toLoadError(thrown: unknown): CorralError {
  if (thrown instanceof CorralError) return thrown;
  return new CorralError('load_failed', toCorralError(thrown).message, { cause: thrown });
}
