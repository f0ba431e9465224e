import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { decide } from './decide.ts';
import { modelKey } from './model-key.ts';
import type { LoadOptions } from './model-pool.ts';
import { initialState, type SchedulerEffect, type SchedulerEvent, type SchedulerLimits } from './scheduler-state.ts';
import { noOptions, testFacts, testLoad, testModel } from './test-model.ts';

const gigabyte = 1e9;

interface Asked extends Partial<LoadOptions> {
  readonly client?: string;
  readonly keep?: number;
}

/** Plays events and writes down the effects in words. Plans are made at once; loads and closings wait to be told how they ended. */
function play(limits: Partial<SchedulerLimits> = {}, sizes: Readonly<Record<string, number>> = {}) {
  let state = initialState({
    maxLoaded: 3,
    maxQueue: 512,
    keepAliveMs: 300_000,
    loadTimeoutMs: 60_000,
    memoryLimitBytes: 8 * gigabyte,
    ...limits,
  });
  let nowMs = 0;
  let requestId = 0;
  const names = new Map<number, string>();
  let log: string[] = [];
  const errors: CorralError[] = [];
  const nameOf = (runnerId: number) => names.get(runnerId) ?? `runner ${runnerId}`;
  const idOf = (name: string) => [...names].findLast(([, other]) => other === name)?.[0] ?? -1;

  function send(event: SchedulerEvent): void {
    const decision = decide(state, event, nowMs);
    ({ state } = decision);
    for (const effect of decision.effects) note(effect);
  }

  function note(effect: SchedulerEffect): void {
    switch (effect.type) {
      case 'grant':
        log.push(`grant ${effect.requestId} ${nameOf(effect.runnerId)}`);
        break;
      case 'reject':
        log.push(`reject ${effect.requestId} ${effect.error.code}`);
        errors.push(effect.error);
        break;
      case 'plan': {
        const { planId, model, options, heldBytes } = effect;
        const estimateBytes = sizes[model.name.model] ?? gigabyte;
        if (estimateBytes < 0) {
          send({ type: 'plan-failed', planId, error: new CorralError('bad_gguf', 'no GGUF') });
          break;
        }
        const machine = { totalBytes: 8 * gigabyte, freeBytes: 8 * gigabyte - heldBytes };
        send({ type: 'planned', planId, plan: { load: testLoad(model, options), estimateBytes, machine } });
        break;
      }
      case 'start-load':
        names.set(effect.runnerId, effect.model.name.model);
        log.push(`load ${effect.model.name.model}`);
        break;
      case 'abort-load':
        log.push(`abort ${nameOf(effect.runnerId)}`);
        break;
      case 'close-runner':
        log.push(`close ${nameOf(effect.runnerId)} ${effect.reason}`);
        break;
      case 'set-timer':
        log.push(effect.atMs === undefined ? 'timer off' : `timer ${effect.atMs}`);
        break;
      case 'empty':
      case 'closed':
        log.push(effect.type);
        break;
    }
  }

  const scene = {
    acquire(name: string, { keep, client = '', ...options }: Asked = {}): number {
      const id = ++requestId;
      const model = testModel(name);
      const asked = { ...noOptions, ...options };
      const request = { id, client, key: modelKey(model), model, options: asked, keepAliveMs: keep };
      send({ type: 'acquire', request });
      return id;
    },
    cancel: (id: number) => send({ type: 'cancel', requestId: id }),
    release: (name: string, client = '') => send({ type: 'release', runnerId: idOf(name), client }),
    progress: (name: string) => send({ type: 'progress', runnerId: idOf(name) }),
    crash: (name: string) => send({ type: 'runner-ended', runnerId: idOf(name) }),
    closed: (name: string) => send({ type: 'runner-closed', runnerId: idOf(name) }),
    unload: (name: string) => send({ type: 'unload', key: modelKey(testModel(name)) }),
    close: () => send({ type: 'close' }),
    loaded(name: string) {
      const load = state.load?.load ?? testLoad(testModel(name));
      send({ type: 'loaded', runnerId: idOf(name), facts: testFacts(load, 1) });
    },
    fails(name: string, error = new CorralError('load_failed', 'broken')) {
      send({ type: 'load-failed', runnerId: idOf(name), error });
    },
    at(ms: number) {
      nowMs = ms;
    },
    ring() {
      send({ type: 'timer' });
    },
    /** A model resident and idle, nothing of it in the log. */
    resident(name: string, asked: Asked = {}) {
      scene.busy(name, asked);
      scene.release(name);
      log = [];
    },
    /** A model resident and leased once, nothing of it in the log. */
    busy(name: string, asked: Asked = {}) {
      scene.acquire(name, asked);
      scene.loaded(name);
      log = [];
    },
    /** The effects since the last time, timers left out unless they are the point. */
    log(withTimers = false): string[] {
      const lines = log.filter((line) => withTimers || !line.startsWith('timer'));
      log = [];
      return lines;
    },
    errors,
  };
  return scene;
}

describe('loading', () => {
  test('the first request loads the model and all that came meanwhile share it', () => {
    const scene = play();
    scene.acquire('a');
    scene.acquire('a');
    expect(scene.log()).toEqual(['load a']);
    scene.loaded('a');
    scene.acquire('a');
    expect(scene.log()).toEqual(['grant 1 a', 'grant 2 a', 'grant 3 a']);
  });

  test('one load at a time, in order of arrival; a hit on a resident model passes by', () => {
    const scene = play();
    scene.busy('a');
    scene.acquire('b');
    scene.acquire('c');
    scene.acquire('a');
    expect(scene.log()).toEqual(['load b', 'grant 4 a']);
    scene.loaded('b');
    expect(scene.log()).toEqual(['grant 2 b', 'load c']);
  });

  test('a failed load rejects all that waited for it and the next model is loaded', () => {
    const scene = play();
    scene.acquire('a');
    scene.acquire('b');
    scene.acquire('a');
    scene.fails('a');
    expect(scene.log()).toEqual(['load a', 'reject 1 load_failed', 'reject 3 load_failed', 'load b']);
  });

  test('a model that no plan can be made for costs no other model its place', () => {
    const scene = play({ maxLoaded: 1 }, { bad: -1 });
    scene.resident('a');
    scene.acquire('bad');
    scene.acquire('a');
    expect(scene.log()).toEqual(['reject 2 bad_gguf', 'grant 3 a']);
  });

  test('a load that ran out of memory is tried once more after idle models have gone, and only once', () => {
    const scene = play();
    const outOfMemory = new CorralError('not_enough_memory', 'no');
    scene.resident('a');
    scene.busy('b');
    scene.acquire('c');
    scene.fails('c', outOfMemory);
    expect(scene.log()).toEqual(['load c', 'close a evicted']);
    scene.ring(); // the estimate says that c fits, but a is not gone yet
    expect(scene.log()).toEqual([]);
    scene.closed('a');
    expect(scene.log()).toEqual(['load c']);
    scene.release('b');
    scene.fails('c', outOfMemory);
    expect(scene.log()).toEqual(['reject 3 not_enough_memory']);
  });
});

test('a retry that nobody waited for any more does not use up the next one', () => {
  const scene = play({ maxLoaded: 9 });
  const outOfMemory = new CorralError('not_enough_memory', 'no');
  scene.resident('a');
  const leaving = scene.acquire('c');
  scene.fails('c', outOfMemory);
  scene.cancel(leaving);
  scene.closed('a');
  scene.resident('b');
  scene.acquire('c');
  scene.fails('c', outOfMemory);
  expect(scene.log()).toEqual(['load c', 'close b evicted']);
});

describe('load time-out', () => {
  test('silence ends a load; every sign of life starts the count again', () => {
    const scene = play({ loadTimeoutMs: 1000 });
    scene.acquire('a');
    expect(scene.log(true)).toEqual(['load a', 'timer 1000']);
    scene.at(900);
    scene.progress('a');
    scene.at(1000);
    scene.ring();
    // Once moved by the progress, once set again after ringing too early.
    expect(scene.log(true)).toEqual(['timer 1900', 'timer 1900']);
    scene.at(1900);
    scene.ring();
    expect(scene.log()).toEqual(['abort a', 'reject 1 load_timeout']);
    expect(scene.errors[0]?.message).toBe('timed out waiting for the model to load: no progress for 1s');
  });

  test('the next load waits until the silent one is gone', () => {
    const scene = play({ loadTimeoutMs: 1000 });
    scene.acquire('a');
    scene.at(1000);
    scene.ring();
    scene.acquire('b');
    expect(scene.log()).toEqual(['load a', 'abort a', 'reject 1 load_timeout']);
    scene.fails('a');
    expect(scene.log()).toEqual(['load b']);
  });
});

describe('cancelling', () => {
  test('a load goes on while somebody still waits for it, and is aborted when the last one leaves', () => {
    const scene = play();
    const first = scene.acquire('a');
    const second = scene.acquire('a');
    scene.cancel(first);
    expect(scene.log()).toEqual(['load a', 'reject 1 canceled']);
    scene.cancel(second);
    expect(scene.log()).toEqual(['reject 2 canceled', 'abort a']);
    scene.fails('a');
    expect(scene.log()).toEqual(['empty']);
  });

  test('a newcomer for a load that is being aborted gets a load of its own afterwards', () => {
    const scene = play();
    scene.cancel(scene.acquire('a'));
    scene.acquire('a');
    expect(scene.log()).toEqual(['load a', 'reject 1 canceled', 'abort a']);
    scene.fails('a');
    expect(scene.log()).toEqual(['load a']);
  });

  test('a load that was done in the moment of its abort is closed before the next begins', () => {
    const scene = play({ maxLoaded: 1 });
    scene.cancel(scene.acquire('a'));
    scene.acquire('b');
    scene.loaded('a');
    expect(scene.log()).toEqual(['load a', 'reject 1 canceled', 'abort a', 'close a aborted']);
    scene.closed('a');
    expect(scene.log()).toEqual(['load b']);
  });

  test('the head that leaves makes place for the next', () => {
    const scene = play({ maxLoaded: 1 });
    scene.busy('a');
    const waiting = scene.acquire('b');
    scene.acquire('a', { contextTokens: 1024 });
    scene.cancel(waiting);
    scene.release('a');
    expect(scene.log()).toEqual(['reject 2 canceled', 'close a reload']);
  });
});

describe('keep-alive', () => {
  test.each<[string, number, Asked[], string]>([
    ['the setting holds when nothing is asked', 5000, [{}], 'timer 6000'],
    ['the request overrides the setting', 5000, [{ keep: 200 }], 'timer 1200'],
    ['a request that names none keeps what the one before had set', 5000, [{ keep: 200 }, {}], 'timer 1200'],
    ['the latest one named wins', 5000, [{ keep: 200 }, { keep: 700 }], 'timer 1700'],
    ['for ever sets no timer', 5000, [{ keep: Infinity }], ''],
    ['a setting of for ever sets no timer', Infinity, [{}], ''],
    ['zero closes with the last release', 5000, [{ keep: 0 }], 'close a expired'],
    ['a setting of zero closes with the last release', 0, [{}], 'close a expired'],
  ])('%s', (_name, keepAliveMs, requests, last) => {
    const scene = play({ keepAliveMs, loadTimeoutMs: Infinity });
    for (const asked of requests) scene.acquire('a', asked);
    scene.loaded('a');
    scene.at(1000);
    scene.log();
    for (const _ of requests) scene.release('a');
    expect(scene.log(true).join()).toBe(last);
  });

  test('the countdown starts with the last release and a new request stops it', () => {
    const scene = play({ keepAliveMs: 100, loadTimeoutMs: Infinity });
    scene.acquire('a');
    scene.acquire('a');
    scene.loaded('a');
    scene.at(10);
    scene.release('a');
    scene.at(50);
    scene.release('a');
    expect(scene.log(true)).toEqual(['load a', 'grant 1 a', 'grant 2 a', 'timer 150']);
    scene.at(149);
    scene.acquire('a');
    expect(scene.log(true)).toEqual(['grant 3 a', 'timer off']);
    scene.at(200);
    scene.release('a');
    scene.at(300);
    scene.ring();
    expect(scene.log(true)).toEqual(['timer 300', 'close a expired']);
    scene.closed('a');
    expect(scene.log(true)).toEqual(['empty']);
  });

  test('a timer that rings too early is set again', () => {
    const scene = play({ keepAliveMs: 100 });
    scene.resident('a');
    scene.at(99);
    scene.ring();
    expect(scene.log(true)).toEqual(['timer 100']);
  });

  test.each<[string, (scene: ReturnType<typeof play>) => void, string[]]>([
    ['closes an idle model at once', (scene) => scene.resident('a'), ['close a expired']],
    ['lets a busy one finish', (scene) => scene.busy('a'), []],
    ['does nothing about a model that is not there', () => {}, []],
  ])('unload %s', (_name, prepare, effects) => {
    const scene = play();
    prepare(scene);
    scene.unload('a');
    expect(scene.log()).toEqual(effects);
  });

  test('unload of a busy model takes effect with its last release', () => {
    const scene = play();
    scene.busy('a', { keep: Infinity });
    scene.unload('a');
    scene.release('a');
    expect(scene.log()).toEqual(['close a expired']);
  });

  test('unload of a loading model lets the requests that wait for it be served first', () => {
    const scene = play();
    scene.acquire('a', { keep: 5000 });
    scene.unload('a');
    scene.loaded('a');
    scene.release('a');
    expect(scene.log()).toEqual(['load a', 'grant 1 a', 'close a expired']);
  });
});

describe('eviction', () => {
  test('the idle model with the shortest keep-alive goes, and its place counts until it is gone', () => {
    const scene = play({ maxLoaded: 2 });
    scene.resident('a', { keep: 9000 });
    scene.resident('b', { keep: 8000 });
    scene.acquire('c');
    expect(scene.log()).toEqual(['close b evicted']);
    scene.closed('b');
    expect(scene.log()).toEqual(['load c']);
  });

  test('an idle model goes before a busy one with a shorter keep-alive', () => {
    const scene = play({ maxLoaded: 2 });
    scene.resident('a', { keep: Infinity });
    scene.busy('b', { keep: 1 });
    scene.acquire('c');
    expect(scene.log()).toEqual(['close a evicted']);
  });

  test('with none idle, the first to become idle goes', () => {
    const scene = play({ maxLoaded: 2 });
    scene.busy('a', { keep: 9000 });
    scene.busy('b', { keep: 8000 });
    scene.acquire('c');
    expect(scene.log()).toEqual([]);
    scene.release('a');
    expect(scene.log()).toEqual(['close a evicted']);
  });
});

describe('memory', () => {
  test.each([
    ['the limit', 8 * gigabyte],
    ['the machine', 0],
  ])('idle models go until the new one fits into %s, and no more of them than needed', (_name, memoryLimitBytes) => {
    const scene = play(
      { maxLoaded: 9, memoryLimitBytes },
      { a: 2 * gigabyte, b: 4 * gigabyte, c: gigabyte, d: 5 * gigabyte },
    );
    scene.resident('a', { keep: 1000 });
    scene.resident('b', { keep: 2000 });
    scene.resident('c', { keep: 3000 });
    scene.acquire('d');
    expect(scene.log()).toEqual(['close b evicted']);
    scene.ring(); // looking again while b is still closing asks for nothing more
    expect(scene.log()).toEqual([]);
    scene.closed('b');
    expect(scene.log()).toEqual(['load d']);
  });

  test('idle ones go first, then busy ones are waited for', () => {
    const scene = play({}, { a: 3 * gigabyte, b: 3 * gigabyte, c: 6 * gigabyte });
    scene.busy('a');
    scene.resident('b');
    scene.acquire('c');
    scene.closed('b');
    expect(scene.log()).toEqual(['close b evicted']);
    scene.release('a');
    scene.closed('a');
    expect(scene.log()).toEqual(['close a evicted', 'load c']);
  });

  test('what can never fit is refused at once with the numbers, and nothing is unloaded for it', () => {
    const scene = play({ memoryLimitBytes: 0 }, { big: 9.001 * gigabyte });
    scene.resident('a');
    scene.acquire('big');
    expect(scene.log()).toEqual(['reject 2 not_enough_memory']);
    expect(scene.errors[0]?.message).toBe(
      'model requires more system memory (9.01 GB) than is available (8.00 GB of 8.00 GB, with every other model unloaded)',
    );
    expect(scene.errors[0]?.hint).toContain('OLLAMA_NUM_PARALLEL=1');
  });
});

describe('changed options', () => {
  test.each<[string, Asked, Asked, string]>([
    ['no options', {}, {}, 'hit'],
    ['automatic after an explicit value', { contextTokens: 1024 }, {}, 'hit'],
    ['the value that automatic came to', {}, { contextTokens: 2048 }, 'hit'],
    ['the same explicit value', { contextTokens: 1024 }, { contextTokens: 1024 }, 'hit'],
    ['a value that the load cut, again', { contextTokens: 9999 }, { contextTokens: 9999 }, 'hit'],
    ['another value that is cut to the same', { contextTokens: 9999 }, { contextTokens: 8888 }, 'hit'],
    [
      'what one value was cut to, beside another',
      { contextTokens: 9999, gpuLayers: 9 },
      { contextTokens: 4096, gpuLayers: 9 },
      'hit',
    ],
    ['another context length', { contextTokens: 1024 }, { contextTokens: 512 }, 'reload'],
    ['another batch size', {}, { batchTokens: 64 }, 'reload'],
    ['other threads', { threads: 2 }, { threads: 1 }, 'reload'],
    ['mmap after none', {}, { useMmap: true }, 'reload'],
    ['one that is the same and one that is not', { threads: 2 }, { threads: 2, batchTokens: 64 }, 'reload'],
  ])('%s', (_name, first, second, outcome) => {
    const scene = play();
    scene.resident('a', first);
    scene.acquire('a', second);
    expect(scene.log()).toEqual(outcome === 'hit' ? ['grant 2 a'] : ['close a reload']);
  });

  test('old requests finish, newer ones wait for the reload', () => {
    const scene = play();
    scene.busy('a');
    scene.acquire('a', { contextTokens: 1024 });
    scene.acquire('a');
    expect(scene.log()).toEqual([]);
    scene.release('a');
    expect(scene.log()).toEqual(['close a reload']);
    scene.closed('a');
    scene.loaded('a');
    expect(scene.log()).toEqual(['load a', 'grant 2 a', 'grant 3 a']);
  });
});

describe('a crash', () => {
  test('drops the runner at once and the next request loads it again', () => {
    const scene = play({ maxLoaded: 1 });
    scene.busy('a');
    scene.crash('a');
    scene.acquire('a');
    scene.loaded('a');
    expect(scene.log()).toEqual(['load a', 'grant 2 a']);
  });

  test('does not make the pool empty before the requests that it hit have ended', () => {
    const scene = play();
    scene.busy('a');
    scene.crash('a');
    expect(scene.log()).toEqual([]);
    scene.release('a');
    expect(scene.log()).toEqual(['empty']);
  });

  test('gives its place to the model that waits for one', () => {
    const scene = play({ maxLoaded: 1 });
    scene.busy('a');
    scene.acquire('b');
    scene.crash('a');
    expect(scene.log()).toEqual(['load b']);
  });
});

describe('a full queue', () => {
  test('answers busy in the words of Ollama', () => {
    const scene = play({ maxQueue: 1 });
    scene.acquire('a');
    scene.acquire('b');
    scene.acquire('c');
    expect(scene.log()).toEqual(['load a', 'reject 3 busy']);
    const [error] = scene.errors;
    expect([error?.status, error?.message]).toEqual([
      503,
      'server busy, please try again.  maximum pending requests exceeded',
    ]);
  });

  test('is not one for others: a client with more in it gives up its newest', () => {
    const scene = play({ maxQueue: 2 });
    for (const name of ['a', 'b', 'c']) scene.acquire(name, { client: 'greedy' });
    scene.acquire('x', { client: 'modest' });
    scene.acquire('d', { client: 'greedy' });
    expect(scene.log()).toEqual(['load a', 'reject 3 busy', 'reject 5 busy']);
  });

  test('does not keep hits on a resident model out, up to the same number beyond what runs at once', () => {
    const scene = play({ maxQueue: 1 });
    scene.busy('a');
    scene.acquire('b');
    scene.acquire('c');
    scene.acquire('a');
    scene.acquire('a');
    scene.acquire('a');
    expect(scene.log()).toEqual(['load b', 'grant 4 a', 'grant 5 a', 'reject 6 busy']);
  });
});

describe('fairness', () => {
  test('nobody takes all places that a runner has for waiting requests', () => {
    const scene = play({ maxQueue: 16 });
    const first = () => scene.log().map((line) => line.split(' ')[0]);
    scene.busy('a', { client: 'greedy' });
    for (let asked = 0; asked < 40; asked++) scene.acquire('a', { client: 'greedy' });
    // Two run and sixteen may wait; two places stay free.
    expect(first().filter((effect) => effect === 'grant').length).toBe(15);
    for (const client of ['modest', 'modest', 'quiet']) scene.acquire('a', { client });
    expect(first()).toEqual(['grant', 'grant', 'reject']);
    for (let back = 0; back < 3; back++) scene.release('a', 'greedy');
    for (const client of ['greedy', 'quiet', 'greedy']) scene.acquire('a', { client });
    expect(first()).toEqual(['grant', 'grant', 'reject']);
  });

  test('whoever asks for many models keeps another client waiting for one load', () => {
    const scene = play({ maxLoaded: 1 });
    for (const name of ['a', 'b', 'c', 'd']) scene.acquire(name, { client: 'greedy' });
    scene.acquire('x', { client: 'modest' });
    for (const name of ['a', 'x', 'b', 'c', 'd']) {
      expect(scene.log()).toContain(`load ${name}`);
      scene.loaded(name);
      scene.release(name);
      scene.closed(name);
    }
  });

  test('hits on a model whose place is needed pass while they can start at once, then queue behind', () => {
    const scene = play({ maxLoaded: 1 });
    scene.busy('a');
    scene.acquire('b');
    scene.acquire('a'); // the second of two sequences is free
    scene.acquire('a'); // none is free
    expect(scene.log()).toEqual(['grant 3 a']);
    scene.release('a'); // one more may pass: two in all
    expect(scene.log()).toEqual(['grant 4 a']);
    scene.acquire('a');
    scene.release('a');
    expect(scene.log()).toEqual([]);
    scene.release('a');
    scene.closed('a');
    scene.loaded('b');
    expect(scene.log()).toEqual(['close a evicted', 'load b', 'grant 2 b']);
    scene.release('b');
    expect(scene.log()).toEqual(['close b evicted']);
  });

  test('a hit that waited passes again when another model turned out to be idle first', () => {
    const scene = play({ maxLoaded: 2 });
    scene.busy('a', { keep: 1000 });
    scene.busy('b', { keep: 2000 });
    scene.acquire('c');
    scene.acquire('a');
    scene.acquire('a');
    expect(scene.log()).toEqual(['grant 4 a']);
    scene.release('b');
    expect(scene.log()).toEqual(['close b evicted', 'grant 5 a']);
  });

  test('a shorter keep-alive elsewhere does not turn the choice of the busy model that is waited for', () => {
    const scene = play({ maxLoaded: 2 });
    scene.busy('a', { keep: 1000 });
    scene.busy('b', { keep: 2000 });
    scene.acquire('c');
    scene.acquire('a');
    scene.acquire('a');
    scene.acquire('b', { keep: 500 });
    expect(scene.log()).toEqual(['grant 4 a', 'grant 6 b']);
  });

  test('whatever stream of hits and keep-alives, the head is overtaken a bounded number of times', () => {
    const hit = fc.record({
      model: fc.constantFrom('a', 'b'),
      keep: fc.constantFrom(1000, 2000, 3000),
      release: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(hit, { minLength: 200, maxLength: 300, size: 'max' }), (hits) => {
        const scene = play({ maxLoaded: 2 });
        const leases: Record<string, number> = { a: 1, b: 1 };
        scene.busy('a');
        scene.busy('b');
        scene.acquire('c');
        let loaded = false;
        for (const { model, keep, release } of hits) {
          scene.acquire(model, { keep });
          if ((leases[release] ?? 0) > 0) {
            leases[release] = (leases[release] ?? 0) - 1;
            scene.release(release);
          }
          for (const line of scene.log()) {
            const granted = /^grant \d+ ([ab])$/.exec(line)?.[1];
            if (granted !== undefined) leases[granted] = (leases[granted] ?? 0) + 1;
            loaded ||= line.startsWith('close');
          }
          if (loaded) return;
        }
        // 200 events are far more than two sequences' worth of hits and their releases.
        expect(loaded).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

test('close rejects what waits, ends what is loaded or loading, and tells when all is gone', () => {
  const scene = play();
  scene.busy('a');
  scene.acquire('b');
  scene.log();
  scene.close();
  expect(scene.log()).toEqual(['reject 2 canceled', 'abort b', 'close a shutdown']);
  scene.fails('b');
  scene.acquire('c');
  expect(scene.log()).toEqual(['reject 3 canceled']);
  scene.closed('a');
  expect(scene.log()).toEqual(['closed']);
});
