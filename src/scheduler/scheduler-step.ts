/** One decision in the making: a copy of the state that may be changed until it is handed out, and the effects so far. */
import type { CorralError } from '../core/corral-error.ts';
import type { CloseReason, PooledRunner, SchedulerEffect, SchedulerState, WaitingRequest } from './scheduler-state.ts';

type Draft = { -readonly [Field in keyof SchedulerState]: SchedulerState[Field] };

export interface SchedulerStep {
  readonly state: Draft;
  readonly effects: SchedulerEffect[];
  readonly nowMs: number;
}

export function openStep(state: SchedulerState, nowMs: number): SchedulerStep {
  return { state: { ...state }, effects: [], nowMs };
}

export function setRunner(step: SchedulerStep, runner: PooledRunner): void {
  step.state.runners = new Map(step.state.runners).set(runner.id, runner);
}

export function removeRunner(step: SchedulerStep, id: number): void {
  const runners = new Map(step.state.runners);
  runners.delete(id);
  step.state.runners = runners;
}

export function takeId(step: SchedulerStep): number {
  return step.state.nextId++;
}

export function leaveQueue(step: SchedulerStep, request: WaitingRequest): void {
  step.state.queue = step.state.queue.filter((other) => other.id !== request.id);
}

export function reject(step: SchedulerStep, request: WaitingRequest, error: CorralError): void {
  leaveQueue(step, request);
  step.effects.push({ type: 'reject', requestId: request.id, error });
}

export function closeRunner(step: SchedulerStep, runner: PooledRunner, reason: CloseReason): void {
  setRunner(step, { ...runner, phase: 'closing' });
  step.effects.push({ type: 'close-runner', runnerId: runner.id, reason });
}

export function abortLoad(step: SchedulerStep): void {
  const { load } = step.state;
  if (load?.phase !== 'running') return;
  step.state.load = { ...load, phase: 'aborting' };
  step.effects.push({ type: 'abort-load', runnerId: load.runnerId });
}

/** Forgets the plan of the head: sizes chosen while less memory was free are not the best any more. */
export function forgetPlan(step: SchedulerStep): void {
  step.state.preparation = undefined;
}
