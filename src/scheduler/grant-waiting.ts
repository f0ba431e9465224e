/**
 * Grants runners that are already loaded. Such a hit does not wait behind loads of other models: the runner batches what it is
 * given, so nothing is won by holding a request back. Two things hold one back nevertheless, so that no stream of hits can keep the
 * head of the queue waiting for ever:
 *
 * - the head asks for a reload of this very runner with other options: everything newer waits for the reload;
 * - the head needs this runner's place, and all runners are busy: then a hit is still let past while it can start at once (the runner
 *   has a sequence free), but at most as many as the runner has sequences. The head thus waits for the requests in flight and at most
 *   one more round of them. After that, hits queue behind it in order of arrival.
 */
import { hasPlace, withLeases } from './leases.ts';
import { isServedBy } from './same-load.ts';
import { serverBusy } from './scheduler-errors.ts';
import { readyRunner, type PooledRunner, type SchedulerState, type WaitingRequest } from './scheduler-state.ts';
import { leaveQueue, reject, setRunner, type SchedulerStep } from './scheduler-step.ts';

export function grantWaiting(step: SchedulerStep): void {
  for (const request of step.state.queue) {
    const runner = readyRunner(step.state, request.key);
    if (runner === undefined || !isServedBy(request.options, runner)) continue;
    if (mustGiveWay(step.state, request, runner)) continue;
    if (!hasPlace(runner, request.client, step.state.limits.maxQueue)) reject(step, request, serverBusy());
    else grant(step, request, runner);
  }
}

function grant(step: SchedulerStep, request: WaitingRequest, runner: PooledRunner): void {
  leaveQueue(step, request);
  countOvertaking(step, runner);
  setRunner(step, {
    ...withLeases(runner, request.client, 1),
    keepAliveMs: request.keepAliveMs ?? runner.keepAliveMs,
  });
  step.effects.push({ type: 'grant', requestId: request.id, runnerId: runner.id });
}

function mustGiveWay(state: SchedulerState, request: WaitingRequest, runner: PooledRunner): boolean {
  const head = state.queue[0];
  if (head === undefined || head.id === request.id) return false;
  if (head.key === runner.key) return !isServedBy(head.options, runner);
  const { overtaking } = state;
  if (overtaking?.requestId !== head.id || !overtaking.wanted.has(runner.id)) return false;
  const { sequences } = runner.facts;
  return runner.leases >= sequences || (overtaking.counts.get(runner.id) ?? 0) >= sequences;
}

function countOvertaking(step: SchedulerStep, runner: PooledRunner): void {
  const { overtaking } = step.state;
  if (overtaking === undefined || !overtaking.wanted.has(runner.id)) return;
  const counts = new Map(overtaking.counts).set(runner.id, (overtaking.counts.get(runner.id) ?? 0) + 1);
  step.state.overtaking = { ...overtaking, counts };
}
