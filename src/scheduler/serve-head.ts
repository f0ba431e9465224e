/**
 * Brings the load of the request at the head of the queue one step further:
 *
 *   plan it -> unload the same model if its options changed -> make room -> start
 *
 * It is planned before anything is unloaded, so a damaged or oversized model costs no other model its place; and planned again
 * after every runner that went, because automatic sizes depend on the memory that is free. As nothing else is loaded meanwhile, the
 * runners only get fewer, so this comes to an end.
 */
import type { CorralError } from '../core/corral-error.ts';
import { chooseVictims } from './choose-victims.ts';
import { memoryRoom } from './memory-room.ts';
import { givesSameLoad, sameOptions } from './same-load.ts';
import { notEnoughMemory } from './scheduler-errors.ts';
import {
  heldBytes,
  holdingRunners,
  readyRunner,
  readyRunners,
  type PooledRunner,
  type SizedLoad,
  type WaitingRequest,
} from './scheduler-state.ts';
import { closeRunner, forgetPlan, reject, setRunner, takeId, type SchedulerStep } from './scheduler-step.ts';

// A client can invent option values for ever; this many spellings of one load are plenty.
const maxAcceptedOptions = 8;

/** Whether something has changed that may let a waiting request be granted, or another become the head. */
export function serveHead(step: SchedulerStep): boolean {
  const head = step.state.queue[0];
  if (head === undefined || step.state.load !== undefined) return false;
  if (step.state.overtaking?.requestId !== head.id) step.state.overtaking = undefined;
  const awaitsAll = step.state.roomMadeFor === head.key;
  const closing = holdingRunners(step.state).filter((runner) => runner.phase === 'closing');
  if (closing.some((runner) => awaitsAll || runner.key === head.key)) return false;

  const plan = planFor(step, head);
  if (plan === undefined) return false;
  const resident = readyRunner(step.state, head.key);
  if (resident !== undefined) return reloadFor(step, head, resident, plan);
  return makeRoomFor(step, head, plan);
}

function planFor(step: SchedulerStep, head: WaitingRequest): SizedLoad | undefined {
  const { preparation } = step.state;
  if (preparation?.requestId === head.id) return preparation.plan;
  const planId = takeId(step);
  step.state.preparation = { planId, requestId: head.id, plan: undefined };
  const { model, options } = head;
  step.effects.push({ type: 'plan', planId, model, options, heldBytes: heldBytes(step.state) });
  return undefined;
}

function reloadFor(step: SchedulerStep, head: WaitingRequest, resident: PooledRunner, plan: SizedLoad): boolean {
  if (givesSameLoad(head.options, plan.load, resident.load)) {
    const acceptedOptions = [head.options, ...resident.acceptedOptions].slice(0, maxAcceptedOptions);
    setRunner(step, { ...resident, acceptedOptions });
    return true;
  }
  if (resident.leases === 0) closeRunner(step, resident, 'reload');
  return false;
}

function makeRoomFor(step: SchedulerStep, head: WaitingRequest, plan: SizedLoad): boolean {
  const { limits } = step.state;
  const holding = holdingRunners(step.state);
  const room = memoryRoom(limits.memoryLimitBytes, plan.machine, heldBytes(step.state));
  if (plan.estimateBytes > room.emptyBytes) {
    rejectAlike(step, head, notEnoughMemory(plan.estimateBytes, room));
    return true;
  }
  if (holding.length < limits.maxLoaded && plan.estimateBytes <= room.freeBytes) {
    startLoad(step, head, plan);
    return false;
  }
  const ready = readyRunners(step.state);
  const closing = holding.filter((runner) => runner.phase === 'closing');
  const comingFree = closing.reduce((sum, runner) => sum + runner.heldBytes, 0);
  const shortage = {
    slots: ready.length + 1 - limits.maxLoaded,
    bytes: plan.estimateBytes - room.freeBytes - comingFree,
  };
  const victims = chooseVictims(ready, shortage, step.state.overtaking?.wanted ?? new Set());
  const busy = victims.filter((victim) => victim.leases > 0);
  for (const victim of victims) if (victim.leases === 0) closeRunner(step, victim, 'evicted');
  return waitFor(step, head, new Set(busy.map((victim) => victim.id)));
}

function waitFor(step: SchedulerStep, head: WaitingRequest, wanted: ReadonlySet<number>): boolean {
  const before = step.state.overtaking;
  step.state.overtaking = { requestId: head.id, wanted, counts: before?.counts ?? new Map() };
  // A runner that is not wanted any more may take its waiting hits.
  return [...(before?.wanted ?? [])].some((id) => !wanted.has(id));
}

function startLoad(step: SchedulerStep, head: WaitingRequest, plan: SizedLoad): void {
  const runnerId = takeId(step);
  const { key, model, options } = head;
  const { load, estimateBytes } = plan;
  step.state.load = { runnerId, key, model, options, load, estimateBytes, lastSignMs: step.nowMs, phase: 'running' };
  step.state.overtaking = undefined;
  forgetPlan(step);
  step.effects.push({ type: 'start-load', runnerId, model, plan });
}

/** Rejects the request with all that ask for the very same thing: another try now would end the same way. */
export function rejectAlike(step: SchedulerStep, like: WaitingRequest, error: CorralError): void {
  for (const request of step.state.queue) {
    if (request.key === like.key && sameOptions(request.options, like.options)) reject(step, request, error);
  }
}
