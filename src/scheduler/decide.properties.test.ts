/**
 * Random histories against the invariants of decide.ts. The world here is what the effects act upon: it keeps its own books of
 * processes, leases and outcomes, and lets plans, loads and closings end in any order and in any way.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { decide } from './decide.ts';
import { memoryRoom } from './memory-room.ts';
import { modelKey } from './model-key.ts';
import { initialState, type SchedulerEffect, type SchedulerEvent, type SchedulerLimits } from './scheduler-state.ts';
import { noOptions, testFacts, testLoad, testModel } from './test-model.ts';

type Command =
  | {
      readonly do: 'acquire';
      readonly model: number;
      readonly context: number | undefined;
      readonly keep: number | undefined;
    }
  | { readonly do: 'cancel' | 'release' | 'crash'; readonly nth: number }
  | { readonly do: 'answer'; readonly nth: number; readonly how: 'well' | 'badly' | 'out of memory' }
  | { readonly do: 'unload'; readonly model: number }
  | { readonly do: 'progress' | 'close' | 'noise' }
  | { readonly do: 'pass'; readonly ms: number };

type Effect<Type extends SchedulerEffect['type']> = Extract<SchedulerEffect, { readonly type: Type }>;

const machineBytes = 100;
const needs = [10, 20, 35, 60, 120];
const models = needs.map((_, index) => testModel(`m${index}`));

interface Process {
  readonly key: string;
  readonly bytes: number;
  phase: 'loading' | 'up' | 'closing';
  keepAliveMs: number;
  idleSinceMs: number;
}

function createWorld(limits: SchedulerLimits) {
  let state = initialState(limits);
  let nowMs = 0;
  let timerAtMs: number | undefined;
  let nextRequestId = 1000;
  let occupied = false;
  let closed = false;
  let allEnded = 0;
  const outcomes = new Map<number, string[]>();
  const keepAlives = new Map<number, number | undefined>();
  const requestKeys = new Map<number, string>();
  const leases: { requestId: number; runnerId: number }[] = [];
  const processes = new Map<number, Process>();
  const unanswered: (Effect<'plan'> | Effect<'start-load'> | Effect<'close-runner'>)[] = [];
  let loading = 0;

  const usedBytes = () => [...processes.values()].reduce((sum, process) => sum + process.bytes, 0);
  const leasesOf = (runnerId: number) => leases.filter((lease) => lease.runnerId === runnerId).length;
  const open = () => [...outcomes].filter(([, results]) => results.length === 0).map(([id]) => id);

  function send(event: SchedulerEvent): void {
    const before = state;
    const decision = decide(state, event, nowMs);
    expect(state).toBe(before);
    ({ state } = decision);
    for (const effect of decision.effects) carryOut(effect);
    check();
  }

  function carryOut(effect: SchedulerEffect): void {
    switch (effect.type) {
      case 'grant': {
        const process = processes.get(effect.runnerId);
        expect(process?.phase).toBe('up');
        expect(process?.key).toBe(requestKeys.get(effect.requestId));
        outcomes.get(effect.requestId)?.push('granted');
        leases.push(effect);
        if (process !== undefined) process.keepAliveMs = keepAlives.get(effect.requestId) ?? process.keepAliveMs;
        break;
      }
      case 'reject':
        outcomes.get(effect.requestId)?.push(effect.error.code);
        break;
      case 'plan':
        unanswered.push(effect);
        break;
      case 'start-load': {
        const key = modelKey(effect.model);
        expect(loading, 'one load at a time').toBe(0);
        expect([...processes.values()].filter((process) => process.key === key)).toEqual([]);
        loading++;
        processes.set(effect.runnerId, {
          key,
          bytes: effect.plan.estimateBytes,
          phase: 'loading',
          keepAliveMs: limits.keepAliveMs,
          idleSinceMs: 0,
        });
        unanswered.push(effect);
        break;
      }
      case 'abort-load':
        break;
      case 'close-runner': {
        const process = processes.get(effect.runnerId);
        expect(process?.phase).toBe('up');
        if (!closed) expect(leasesOf(effect.runnerId), 'closed while leased').toBe(0);
        if (process !== undefined) process.phase = 'closing';
        unanswered.push(effect);
        break;
      }
      case 'set-timer':
        timerAtMs = effect.atMs;
        break;
      case 'empty':
        expect(occupied).toBe(true);
        occupied = false;
        expect([processes.size, open().length, leases.length]).toEqual([0, 0, 0]);
        break;
      case 'closed':
        allEnded++;
        expect(processes.size).toBe(0);
        break;
    }
  }

  const clientOf = (requestId: number) => `client ${requestId % 3}`;

  /** The leases that the state counts, in all and by client, against those that were granted and not given back. */
  function checkLeases(): void {
    for (const [id, runner] of state.runners) {
      const own = new Map<string, number>();
      for (const { requestId, runnerId } of leases)
        if (runnerId === id) own.set(clientOf(requestId), (own.get(clientOf(requestId)) ?? 0) + 1);
      expect(runner.leases).toBe(leasesOf(id));
      expect(runner.leasesByClient).toEqual(own);
    }
  }

  function check(): void {
    checkLeases();
    for (const results of outcomes.values()) expect(results.length).toBeLessThanOrEqual(1);
    expect(processes.size).toBeLessThanOrEqual(limits.maxLoaded);
    expect(usedBytes()).toBeLessThanOrEqual(limits.memoryLimitBytes || machineBytes);
    expect(open().length).toBeLessThanOrEqual(limits.maxQueue + 1);
    const deadlines = [...processes]
      .filter(([id, process]) => process.phase === 'up' && leasesOf(id) === 0)
      .map(([, process]) => process.idleSinceMs + process.keepAliveMs);
    for (const deadline of deadlines) if (!closed) expect(deadline).toBeGreaterThan(nowMs);
    if (state.load?.phase === 'running') deadlines.push(state.load.lastSignMs + limits.loadTimeoutMs);
    const next = Math.min(...deadlines);
    expect(timerAtMs).toBe(next === Infinity ? undefined : next);
    if (processes.size + open().length + leases.length > 0) occupied = true;
    else if (!closed) expect(occupied, 'emptiness was not reported').toBe(false);
  }

  function answer(effect: (typeof unanswered)[number], how: 'well' | 'badly' | 'out of memory'): void {
    unanswered.splice(unanswered.indexOf(effect), 1);
    const code = how === 'badly' ? 'load_failed' : 'not_enough_memory';
    if (effect.type === 'plan') {
      const { planId, model, options, heldBytes } = effect;
      const machine = { totalBytes: machineBytes, freeBytes: machineBytes - usedBytes() };
      expect(memoryRoom(limits.memoryLimitBytes, machine, heldBytes).freeBytes).toBeGreaterThanOrEqual(0);
      const load = testLoad(model, options);
      const estimateBytes = (needs[models.indexOf(model)] ?? 0) + load.contextTokens / 1024;
      if (how === 'well') send({ type: 'planned', planId, plan: { load, estimateBytes, machine } });
      else send({ type: 'plan-failed', planId, error: new CorralError(code, how) });
    } else if (effect.type === 'start-load') {
      loading--;
      const process = processes.get(effect.runnerId);
      if (how === 'well' && process !== undefined) {
        process.phase = 'up';
        process.idleSinceMs = nowMs;
        const facts = testFacts(effect.plan.load, effect.plan.estimateBytes - 1);
        send({ type: 'loaded', runnerId: effect.runnerId, facts });
      } else {
        processes.delete(effect.runnerId);
        send({ type: 'load-failed', runnerId: effect.runnerId, error: new CorralError(code, how) });
      }
    } else {
      processes.delete(effect.runnerId);
      send({ type: 'runner-closed', runnerId: effect.runnerId });
    }
  }

  function release(lease: (typeof leases)[number]): void {
    leases.splice(leases.indexOf(lease), 1);
    const process = processes.get(lease.runnerId);
    if (process !== undefined) process.idleSinceMs = nowMs;
    send({ type: 'release', runnerId: lease.runnerId, client: clientOf(lease.requestId) });
  }

  function pass(ms: number): void {
    const untilMs = nowMs + ms;
    while (timerAtMs !== undefined && timerAtMs <= untilMs) {
      nowMs = timerAtMs;
      timerAtMs = undefined;
      send({ type: 'timer' });
    }
    nowMs = untilMs;
  }

  function obey(command: Command): void {
    const pick = <Item>(items: readonly Item[]) => ('nth' in command ? items[command.nth % items.length] : undefined);
    switch (command.do) {
      case 'acquire': {
        const model = models[command.model];
        if (model === undefined) return;
        const id = nextRequestId++;
        const key = modelKey(model);
        outcomes.set(id, []);
        keepAlives.set(id, command.keep);
        requestKeys.set(id, key);
        const options = { ...noOptions, contextTokens: command.context };
        send({
          type: 'acquire',
          request: { id, client: clientOf(id), key, model, options, keepAliveMs: command.keep },
        });
        return;
      }
      case 'cancel': {
        const requestId = pick([...outcomes.keys()]);
        if (requestId !== undefined) send({ type: 'cancel', requestId });
        return;
      }
      case 'release': {
        const lease = pick(leases);
        if (lease !== undefined) release(lease);
        return;
      }
      case 'crash': {
        const runnerId = pick([...processes].filter(([, process]) => process.phase === 'up').map(([id]) => id));
        if (runnerId === undefined) return;
        processes.delete(runnerId);
        send({ type: 'runner-ended', runnerId });
        return;
      }
      case 'answer': {
        const effect = pick(unanswered);
        if (effect !== undefined) answer(effect, command.how);
        return;
      }
      case 'unload': {
        const model = models[command.model];
        if (model === undefined) return;
        const key = modelKey(model);
        for (const process of processes.values()) if (process.key === key) process.keepAliveMs = 0;
        for (const id of open()) if (requestKeys.get(id) === key) keepAlives.set(id, 0);
        // A load in progress ends with the setting again; whoever waits for it brings the 0.
        for (const process of processes.values()) {
          if (process.phase === 'loading') process.keepAliveMs = limits.keepAliveMs;
        }
        send({ type: 'unload', key });
        return;
      }
      case 'progress':
        if (state.load !== undefined) send({ type: 'progress', runnerId: state.load.runnerId });
        return;
      case 'close':
        if (closed) return;
        closed = true;
        send({ type: 'close' });
        return;
      case 'noise':
        // Late answers about what is long gone.
        send({
          type: 'planned',
          planId: 0,
          plan: { load: testLoad(testModel('x')), estimateBytes: 0, machine: { totalBytes: 0, freeBytes: 0 } },
        });
        send({ type: 'load-failed', runnerId: 0, error: new CorralError('internal', 'late') });
        send({ type: 'runner-closed', runnerId: 0 });
        send({ type: 'release', runnerId: 0, client: '' });
        send({ type: 'timer' });
        return;
      case 'pass':
        pass(command.ms);
        return;
    }
  }

  /** Lets everything that was begun come to its end; nothing new is asked for. */
  function drain(): void {
    for (;;) {
      const effect = unanswered[0];
      const lease = leases[0];
      if (effect !== undefined) answer(effect, 'well');
      else if (lease !== undefined) release(lease);
      else return;
    }
  }

  return {
    obey,
    drain,
    open,
    leases,
    outcomes,
    isGone: () => processes.size === 0 && timerAtMs === undefined && allEnded === 1 && state.lifecycle === 'closed',
  };
}

const keepAlive = fc.constantFrom(undefined, 0, 50, 1000, Infinity);
const nth = fc.nat({ max: 20 });
const weighted = (weight: number, arbitrary: fc.Arbitrary<Command>) => ({ weight, arbitrary });
const command: fc.Arbitrary<Command> = fc.oneof(
  weighted(
    8,
    fc.record({
      do: fc.constant('acquire' as const),
      model: fc.nat({ max: 4 }),
      context: fc.constantFrom(undefined, undefined, 2048, 4096, 8192, 9000),
      keep: keepAlive,
    }),
  ),
  weighted(9, fc.record({ do: fc.constant('answer' as const), nth, how: fc.constant('well' as const) })),
  weighted(
    1,
    fc.record({
      do: fc.constant('answer' as const),
      nth,
      how: fc.constantFrom('badly' as const, 'out of memory' as const),
    }),
  ),
  weighted(6, fc.record({ do: fc.constant('release' as const), nth })),
  weighted(2, fc.record({ do: fc.constantFrom('cancel' as const, 'crash' as const), nth })),
  weighted(1, fc.record({ do: fc.constant('unload' as const), model: fc.nat({ max: 4 }) })),
  weighted(1, fc.constantFrom<Command>({ do: 'progress' }, { do: 'noise' })),
  weighted(3, fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 40, 50, 300, 2000) })),
);

const limits: fc.Arbitrary<SchedulerLimits> = fc.record({
  maxLoaded: fc.integer({ min: 1, max: 3 }),
  maxQueue: fc.constantFrom(0, 1, 4, 50),
  keepAliveMs: fc.constantFrom(0, 100, Infinity),
  loadTimeoutMs: fc.constantFrom(200, Infinity),
  memoryLimitBytes: fc.constantFrom(0, 70),
});

test('any history keeps the invariants, and every acquire ends in exactly one grant or rejection', () => {
  fc.assert(
    fc.property(limits, fc.array(command, { maxLength: 120, size: 'max' }), (limits, commands) => {
      const world = createWorld(limits);
      for (const next of commands) world.obey(next);
      world.drain();
      expect(world.open()).toEqual([]);
      world.obey({ do: 'close' });
      world.drain();
      expect(world.isGone()).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('a close at any moment rejects what waits, ends everything and lets nothing in afterwards', () => {
  const histories = fc.array(command, { maxLength: 40, size: 'max' });
  fc.assert(
    fc.property(limits, histories, histories, (limits, before, after) => {
      const world = createWorld(limits);
      for (const next of before) world.obey(next);
      world.obey({ do: 'close' });
      expect(world.open()).toEqual([]);
      const granted = world.leases.length;
      for (const next of after) world.obey(next);
      expect(world.leases.length).toBeLessThanOrEqual(granted);
      world.drain();
      expect(world.isGone()).toBe(true);
    }),
    { numRuns: 200 },
  );
});
