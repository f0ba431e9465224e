/** The one load that may be going on, from its start to its end: loaded, failed, silent for too long, or wanted by nobody. */
import type { CorralError } from '../core/corral-error.ts';
import type { LoadedFacts } from '../engine/runner-protocol.ts';
import { isServedBy } from './same-load.ts';
import { loadTimedOut } from './scheduler-errors.ts';
import { readyRunners, type CurrentLoad, type PooledRunner, type WaitingRequest } from './scheduler-state.ts';
import { abortLoad, closeRunner, reject, setRunner, type SchedulerStep } from './scheduler-step.ts';

export function noteProgress(step: SchedulerStep, runnerId: number): void {
  const { load } = step.state;
  if (load?.runnerId === runnerId) step.state.load = { ...load, lastSignMs: step.nowMs };
}

export function finishLoad(step: SchedulerStep, runnerId: number, facts: LoadedFacts): void {
  const current = step.state.load;
  if (current?.runnerId !== runnerId) return;
  step.state.load = undefined;
  step.state.roomMadeFor = undefined;
  const { key, model, load, options, estimateBytes, phase } = current;
  const runner: PooledRunner = {
    id: runnerId,
    key,
    model,
    load,
    facts,
    acceptedOptions: [options],
    heldBytes: Math.max(estimateBytes, facts.sizeBytes - facts.vramBytes),
    phase: 'ready',
    leases: 0,
    leasesByClient: new Map(),
    keepAliveMs: step.state.limits.keepAliveMs,
    idleSinceMs: step.nowMs,
  };
  // An abort can cross with the end of the load.
  if (phase === 'aborting') closeRunner(step, runner, 'aborted');
  else setRunner(step, runner);
}

/**
 * Rejects every request that waited for the load: five hundred more tries would end the same way. Only when the memory ran out
 * although the estimate had found enough, it is tried once more, after all idle models have gone.
 */
export function failLoad(step: SchedulerStep, runnerId: number, error: CorralError): void {
  const { load, roomMadeFor } = step.state;
  if (load?.runnerId !== runnerId) return;
  step.state.load = undefined;
  if (load.phase === 'aborting') return;
  const idle = readyRunners(step.state).filter((runner) => runner.leases === 0);
  if (error.code === 'not_enough_memory' && idle.length > 0 && roomMadeFor !== load.key) {
    step.state.roomMadeFor = load.key;
    for (const runner of idle) closeRunner(step, runner, 'evicted');
    return;
  }
  step.state.roomMadeFor = undefined;
  rejectWaitingFor(step, load, error);
}

export function giveUpSilentLoad(step: SchedulerStep): void {
  const { load, limits } = step.state;
  if (load?.phase !== 'running' || load.lastSignMs + limits.loadTimeoutMs > step.nowMs) return;
  abortLoad(step);
  rejectWaitingFor(step, load, loadTimedOut(limits.loadTimeoutMs));
}

export function abortUnwantedLoad(step: SchedulerStep): void {
  const { load, queue } = step.state;
  if (load !== undefined && !queue.some((request) => waitsFor(request, load))) abortLoad(step);
}

function rejectWaitingFor(step: SchedulerStep, load: CurrentLoad, error: CorralError): void {
  for (const request of step.state.queue) if (waitsFor(request, load)) reject(step, request, error);
}

function waitsFor(request: WaitingRequest, load: CurrentLoad): boolean {
  if (load.key !== request.key) return false;
  return isServedBy(request.options, { load: load.load, acceptedOptions: [load.options] });
}
