/**
 * The scheduler's whole judgement: (state, event, time) -> (state, effects). It reads no clock, starts nothing and never waits;
 * create-model-pool.ts carries the effects out and feeds back what came of them.
 *
 * What always holds, whatever the order of events (decide.properties.test.ts):
 *
 * 1. Every acquire ends in exactly one grant or one rejection.
 * 2. Runners in memory (ready, closing, loading) are never more than maxLoaded, and together never estimated above the memory.
 *    One that is closing or being aborted counts until it is really gone.
 * 3. A leased runner is closed only by `close`.
 * 4. One load at a time, and no two runners for one key.
 * 5. The head of the queue can't starve: different models are loaded in turns by client and in order of arrival within one, and hits on a runner whose place the head
 *    needs may pass it only a bounded number of times (grant-waiting.ts).
 * 6. A load that nobody waits for is aborted; a load without a sign of life for loadTimeoutMs is aborted and its requests rejected.
 * 7. The keep-alive countdown runs only without leases, starts at the last release, and ends at the moment that was set.
 * 8. After `close`, once all that was pending has settled, nothing is left: no runner, load, request or timer.
 */
import { canceled } from '../core/canceled.ts';
import type { CorralError } from '../core/corral-error.ts';
import { abortUnwantedLoad, failLoad, finishLoad, giveUpSilentLoad, noteProgress } from './follow-load.ts';
import { grantWaiting } from './grant-waiting.ts';
import { withLeases } from './leases.ts';
import { placeByClient } from './place-by-client.ts';
import { serverBusy, shuttingDown } from './scheduler-errors.ts';
import {
  expiryMs,
  holdingRunners,
  type SchedulerEffect,
  type SchedulerEvent,
  type SchedulerState,
  type SizedLoad,
  type WaitingRequest,
} from './scheduler-state.ts';
import {
  abortLoad,
  closeRunner,
  forgetPlan,
  openStep,
  reject,
  removeRunner,
  setRunner,
  type SchedulerStep,
} from './scheduler-step.ts';
import { rejectAlike, serveHead } from './serve-head.ts';

export interface Decision {
  readonly state: SchedulerState;
  readonly effects: readonly SchedulerEffect[];
}

/** `nowMs` must never go backwards. Events about ids that are known no more (late answers) change nothing. */
export function decide(state: SchedulerState, event: SchedulerEvent, nowMs: number): Decision {
  const step = openStep(state, nowMs);
  apply(step, event);
  if (step.state.lifecycle === 'open') settle(step);
  if (event.type === 'acquire') boundQueue(step);
  updateTimer(step);
  reportEmptiness(step, state);
  return { state: step.state, effects: step.effects };
}

function apply(step: SchedulerStep, event: SchedulerEvent): void {
  switch (event.type) {
    case 'acquire':
      return enqueue(step, event.request);
    case 'cancel':
      return cancel(step, event.requestId);
    case 'release':
      return release(step, event.runnerId, event.client);
    case 'planned':
      return notePlan(step, event.planId, event.plan);
    case 'plan-failed':
      return failPlan(step, event.planId, event.error);
    case 'progress':
      return noteProgress(step, event.runnerId);
    case 'loaded':
      return finishLoad(step, event.runnerId, event.facts);
    case 'load-failed':
      return failLoad(step, event.runnerId, event.error);
    case 'runner-ended':
      return dropCrashed(step, event.runnerId);
    case 'runner-closed':
      return dropClosed(step, event.runnerId);
    case 'timer':
      return ring(step);
    case 'unload':
      return unload(step, event.key);
    case 'close':
      return shutDown(step);
  }
}

function settle(step: SchedulerStep): void {
  do {
    grantWaiting(step);
    closeExpired(step);
  } while (serveHead(step));
  abortUnwantedLoad(step);
}

function enqueue(step: SchedulerStep, request: WaitingRequest): void {
  step.state.queue = placeByClient(step.state.queue, request);
  if (step.state.lifecycle !== 'open') reject(step, request, shuttingDown());
}

/**
 * After everything that could be granted was. Where the queue is too long its last one goes: the newcomer, or the newest of a client that
 * has more in it, so that nobody can fill it for others.
 */
function boundQueue(step: SchedulerStep): void {
  const last = step.state.queue.at(-1);
  // The head is being served; it does not count as pending, as in Ollama.
  if (last !== undefined && step.state.queue.length > step.state.limits.maxQueue + 1) reject(step, last, serverBusy());
}

function cancel(step: SchedulerStep, requestId: number): void {
  const request = step.state.queue.find((waiting) => waiting.id === requestId);
  if (request !== undefined) reject(step, request, canceled());
}

function release(step: SchedulerStep, runnerId: number, client: string): void {
  const runner = step.state.runners.get(runnerId);
  if (runner === undefined) return;
  const left = withLeases(runner, client, -1);
  if (left.phase === 'gone' && left.leases === 0) removeRunner(step, runnerId);
  else setRunner(step, { ...left, idleSinceMs: step.nowMs });
}

function notePlan(step: SchedulerStep, planId: number, plan: SizedLoad): void {
  const { preparation } = step.state;
  if (preparation?.planId === planId) step.state.preparation = { ...preparation, plan };
}

function failPlan(step: SchedulerStep, planId: number, error: CorralError): void {
  const { preparation, queue } = step.state;
  if (preparation?.planId !== planId) return;
  const request = queue.find((waiting) => waiting.id === preparation.requestId);
  forgetPlan(step);
  if (request !== undefined) rejectAlike(step, request, error);
}

/** The requests it was serving learn of the crash from the runner itself; here only its place and memory are given back. */
function dropCrashed(step: SchedulerStep, runnerId: number): void {
  const runner = step.state.runners.get(runnerId);
  if (runner?.phase !== 'ready') return;
  if (runner.leases === 0) removeRunner(step, runnerId);
  else setRunner(step, { ...runner, phase: 'gone' });
  forgetPlan(step);
}

function dropClosed(step: SchedulerStep, runnerId: number): void {
  if (step.state.runners.get(runnerId)?.phase !== 'closing') return;
  removeRunner(step, runnerId);
  forgetPlan(step);
}

/** Expired runners need nothing here: every event looks for them. */
function ring(step: SchedulerStep): void {
  step.state.timerAtMs = undefined;
  giveUpSilentLoad(step);
}

function closeExpired(step: SchedulerStep): void {
  for (const runner of step.state.runners.values()) {
    const at = expiryMs(runner);
    if (at !== undefined && at <= step.nowMs) closeRunner(step, runner, 'expired');
  }
}

/** Whoever asked before is still served, but the model does not stay for longer than that. */
function unload(step: SchedulerStep, key: string): void {
  for (const runner of step.state.runners.values()) {
    if (runner.key === key) setRunner(step, { ...runner, keepAliveMs: 0 });
  }
  step.state.queue = step.state.queue.map((request) =>
    request.key === key ? { ...request, keepAliveMs: 0 } : request,
  );
}

function shutDown(step: SchedulerStep): void {
  if (step.state.lifecycle !== 'open') return;
  step.state.lifecycle = 'closing';
  for (const request of step.state.queue) reject(step, request, shuttingDown());
  forgetPlan(step);
  abortLoad(step);
  for (const runner of step.state.runners.values()) {
    if (runner.phase === 'ready') closeRunner(step, runner, 'shutdown');
  }
}

function updateTimer(step: SchedulerStep): void {
  const { load, limits, runners, timerAtMs } = step.state;
  const deadlines = [...runners.values()].map((runner) => expiryMs(runner) ?? Infinity);
  if (load?.phase === 'running') deadlines.push(load.lastSignMs + limits.loadTimeoutMs);
  const next = Math.min(...deadlines);
  const atMs = next === Infinity ? undefined : next;
  if (atMs === timerAtMs) return;
  step.state.timerAtMs = atMs;
  step.effects.push({ type: 'set-timer', atMs });
}

function reportEmptiness(step: SchedulerStep, before: SchedulerState): void {
  if (step.state.lifecycle === 'open') {
    if (isEmpty(step.state) && !isEmpty(before)) step.effects.push({ type: 'empty' });
  } else if (step.state.lifecycle === 'closing') {
    if (step.state.load !== undefined || holdingRunners(step.state).length > 0) return;
    step.state.lifecycle = 'closed';
    step.effects.push({ type: 'closed' });
  }
}

function isEmpty(state: SchedulerState): boolean {
  return state.queue.length === 0 && state.runners.size === 0 && state.load === undefined;
}
