/** The pool with runners that live in this process: the boundary is injected, and the clock is virtual. */
import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { createLogger } from '../core/logger.ts';
import type { LoadRequest } from '../engine/runner-protocol.ts';
import type { Runner } from '../engine/runner.ts';
import { createModelPool } from './create-model-pool.ts';
import type { AvailableMemory, ModelPoolParts } from './model-pool-parts.ts';
import type { AcquireRequest, Lease, LoadOptions } from './model-pool.ts';
import { noOptions, testFacts, testLoad, testModel } from './test-model.ts';

const gigabyte = 1e9;

class RunnerInProcess implements Runner {
  readonly facts;
  readonly ended: Promise<CorralError | undefined>;
  state: 'up' | 'ended' = 'up';
  readonly #closingMs: number;
  readonly #end: (error: CorralError | undefined) => void;

  constructor(load: LoadRequest, closingMs: number) {
    this.facts = testFacts(load, gigabyte);
    this.#closingMs = closingMs;
    let end: (error: CorralError | undefined) => void = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.#end = (error) => {
      this.state = 'ended';
      end(error);
    };
  }

  crash(): void {
    this.#end(new CorralError('runner_crashed', 'the runner has crashed'));
  }

  async close(): Promise<void> {
    await pause(this.#closingMs);
    this.#end(undefined);
  }

  async *generate() {
    yield await this.#refuse();
  }

  embed = () => this.#refuse();

  rerank = () => this.#refuse();
  tokenize = () => this.#refuse();
  detokenize = () => this.#refuse();

  #refuse(): Promise<never> {
    return Promise.reject(new CorralError('internal', 'the pool asks a runner for nothing'));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

interface Behaviour {
  readonly loadMs?: number;
  readonly closingMs?: number;
  /** Between two signs of life; undefined = none. */
  readonly progressMs?: number;
  readonly fail?: unknown;
}

function createStable(settings: Partial<ModelPoolParts['settings']> = {}, behaviour: Behaviour = {}) {
  const runners: { readonly path: string; readonly runner: RunnerInProcess }[] = [];
  const aborted: string[] = [];
  const memories: AvailableMemory[] = [];
  const log: string[] = [];
  const current = { ...behaviour };

  async function startRunner(load: LoadRequest, wait: Parameters<ModelPoolParts['startRunner']>[1]): Promise<Runner> {
    const { loadMs = 100, closingMs = 10, progressMs = Infinity, fail } = current;
    for (let doneMs = 0; doneMs < loadMs; doneMs += Math.min(progressMs, 50)) {
      await pause(Math.min(progressMs, 50));
      if (progressMs !== Infinity) wait.onProgress(doneMs / loadMs);
      if (wait.signal.aborted) {
        await pause(closingMs);
        aborted.push(load.modelPath);
        throw new CorralError('canceled', 'load canceled');
      }
    }
    // oxlint-disable-next-line typescript/only-throw-error -- whatever comes must be answered with the typed error
    if (fail !== undefined) throw fail;
    const runner = new RunnerInProcess(load, closingMs);
    runners.push({ path: load.modelPath, runner });
    return runner;
  }

  const pool = createModelPool({
    startRunner,
    async planLoad(model, options, memory) {
      memories.push(memory);
      await pause(1);
      if (model.name.model === 'bad') throw new CorralError('bad_gguf', 'no GGUF');
      return { load: testLoad(model, options), estimateBytes: gigabyte };
    },
    settings: {
      keepAliveMs: 300_000,
      loadTimeoutMs: 60_000,
      maxLoadedModels: 0,
      maxQueue: 512,
      memoryLimitBytes: 0,
      ...settings,
    },
    logger: createLogger('info', (line) => log.push(line)),
    machineMemory: () => ({ totalBytes: 8 * gigabyte, freeBytes: 6 * gigabyte }),
  });
  const up = () => runners.filter(({ runner }) => runner.state === 'up').map(({ path }) => path);
  const last = () => {
    const runner = runners.at(-1)?.runner;
    if (runner === undefined) throw new Error('no runner was started');
    return runner;
  };
  return { pool, up, last, aborted, memories, log, behaviour: current, started: () => runners.length };
}

function ask(name: string, options: Partial<LoadOptions> = {}, keepAliveMs?: number): AcquireRequest {
  return { model: testModel(name), options: { ...noOptions, ...options }, keepAliveMs };
}

const forGood = new AbortController().signal;

/** Lets the virtual clock run until the promise has settled. */
async function settled<Value>(promise: Promise<Value>, stepMs = 10): Promise<Value> {
  const progress = { done: false };
  const mark = () => {
    progress.done = true;
  };
  promise.then(mark, mark);
  for (let step = 0; !progress.done && step < 10_000; step++) await vi.advanceTimersByTimeAsync(stepMs);
  return promise;
}

async function failure(promise: Promise<unknown>): Promise<CorralError> {
  const outcome = await settled(
    promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  if (outcome instanceof CorralError) return outcome;
  throw new Error('it did not fail with the typed error', { cause: outcome });
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('acquire', () => {
  test('gives one runner to all that ask at once, and loads it once', async () => {
    const { pool, started } = createStable();
    const leases = await settled(Promise.all([1, 2, 3].map(() => pool.acquire(ask('a'), forGood))));
    expect(new Set(leases.map((lease) => lease.runner)).size).toBe(1);
    expect(started()).toBe(1);
  });

  test('tells the planner what is free and what unloading would give', async () => {
    const { pool, memories } = createStable();
    await settled(pool.acquire(ask('a'), forGood));
    await settled(pool.acquire(ask('b'), forGood));
    expect(memories).toEqual([
      { freeBytes: 6 * gigabyte, residentBytes: 0 },
      { freeBytes: 6 * gigabyte, residentBytes: gigabyte },
    ]);
  });

  test('passes on what the planner refuses', async () => {
    const { pool, started } = createStable();
    expect((await failure(pool.acquire(ask('bad'), forGood))).code).toBe('bad_gguf');
    expect(started()).toBe(0);
  });

  test.each<[string, unknown, string, string]>([
    ['a typed error as it is', new CorralError('native_library', 'no library'), 'native_library', 'no library'],
    ['a foreign error as a failed load', new Error('spawn ENOMEM'), 'load_failed', 'spawn ENOMEM'],
    ['anything else as a failed load', 'a text', 'load_failed', 'a text'],
  ])('passes on %s', async (_name, fail, code, message) => {
    const { pool, behaviour } = createStable({}, { fail });
    expect(await failure(pool.acquire(ask('a'), forGood))).toMatchObject({ code, message });
    delete (behaviour as { fail?: unknown }).fail;
    await expect(settled(pool.acquire(ask('a'), forGood))).resolves.toHaveProperty('runner');
  });

  test('is refused at once with a signal that has aborted already', async () => {
    const { pool, started } = createStable();
    expect(await failure(pool.acquire(ask('a'), AbortSignal.abort()))).toMatchObject({ code: 'canceled', status: 499 });
    expect(started()).toBe(0);
  });

  test('a client that leaves ends the load that only it waited for, and the next load comes after', async () => {
    const { pool, aborted, up } = createStable({ maxLoadedModels: 1 }, { loadMs: 1000, closingMs: 300 });
    const client = new AbortController();
    const leaving = pool.acquire(ask('a'), client.signal);
    const staying = pool.acquire(ask('b'), forGood);
    const leavingFailed = failure(leaving);
    await vi.advanceTimersByTimeAsync(200);
    client.abort();
    expect((await leavingFailed).message).toBe('request canceled');
    await settled(staying);
    expect(aborted).toEqual(['/models/a.gguf']);
    expect(up()).toEqual(['/models/b.gguf']);
  });

  test('an abort after the grant changes nothing', async () => {
    const { pool, up } = createStable();
    const client = new AbortController();
    await settled(pool.acquire(ask('a'), client.signal));
    expect(getEventListeners(client.signal, 'abort')).toEqual([]);
    client.abort();
    await vi.advanceTimersByTimeAsync(1000);
    expect(up()).toEqual(['/models/a.gguf']);
  });
});

describe('time', () => {
  test('a load that gives signs of life may take longer than the time-out', async () => {
    const { pool } = createStable({ loadTimeoutMs: 500 }, { loadMs: 3000, progressMs: 400 });
    await expect(settled(pool.acquire(ask('a'), forGood))).resolves.toHaveProperty('runner');
  });

  test('a silent load is given up', async () => {
    const { pool, aborted } = createStable({ loadTimeoutMs: 500 }, { loadMs: 3000 });
    expect((await failure(pool.acquire(ask('a'), forGood))).code).toBe('load_timeout');
    await vi.advanceTimersByTimeAsync(100);
    expect(aborted).toEqual(['/models/a.gguf']);
  });

  test('a model goes when its keep-alive after the last release is over', async () => {
    const { pool, up } = createStable({ keepAliveMs: 5000 });
    const lease = await settled(pool.acquire(ask('a'), forGood));
    await vi.advanceTimersByTimeAsync(60_000);
    lease.release();
    await vi.advanceTimersByTimeAsync(4999);
    expect(up()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(up()).toHaveLength(0);
  });

  test('a keep-alive longer than a timer can run is kept', async () => {
    const dayMs = 86_400_000;
    const { pool, up } = createStable();
    const lease = await settled(pool.acquire(ask('a', {}, 60 * dayMs), forGood));
    lease.release();
    await vi.advanceTimersByTimeAsync(60 * dayMs - 1000);
    expect(up()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(up()).toHaveLength(0);
  });

  test('releasing twice counts once', async () => {
    const { pool, up } = createStable({ keepAliveMs: 0 });
    const first = await settled(pool.acquire(ask('a'), forGood));
    const second = await settled(pool.acquire(ask('a'), forGood));
    first.release();
    first.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(up()).toHaveLength(1);
    second.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(up()).toHaveLength(0);
  });
});

describe('resident', () => {
  test('lists what is loaded, latest expiry first', async () => {
    const { pool } = createStable();
    const hour = await settled(pool.acquire(ask('a', {}, 3_600_000), forGood));
    const minute = await settled(pool.acquire(ask('b', {}, 60_000), forGood));
    const ever = await settled(pool.acquire(ask('c', { contextTokens: 1024 }, Infinity), forGood));
    hour.release();
    ever.release();
    await vi.advanceTimersByTimeAsync(1000);
    const inMs = (ms: number) => new Date(Date.now() + ms);
    expect(pool.resident()).toEqual([
      { model: testModel('c'), sizeBytes: gigabyte, vramBytes: 0, contextTokens: 1024, expiresAt: undefined },
      {
        model: testModel('a'),
        sizeBytes: gigabyte,
        vramBytes: 0,
        contextTokens: 2048,
        expiresAt: expect.any(Date) as Date,
      },
      // Still in use: its whole keep-alive lies ahead.
      { model: testModel('b'), sizeBytes: gigabyte, vramBytes: 0, contextTokens: 2048, expiresAt: inMs(60_000) },
    ]);
    minute.release();
    pool.unload(testModel('a'));
    expect(pool.resident().map(({ model }) => model.name.model)).toEqual(['c', 'b']);
  });

  test('the same weights with other adapters share a runner', async () => {
    const { pool, up } = createStable();
    const adapted = { ...ask('a'), model: testModel('a', ['/models/adapter.gguf']) };
    await settled(Promise.all([pool.acquire(ask('a'), forGood), pool.acquire(adapted, forGood)]));
    expect(up()).toEqual(['/models/a.gguf']);
  });
});

describe('a crash', () => {
  test('is followed by a reload at the next request', async () => {
    const { pool, last, started } = createStable();
    const lease = await settled(pool.acquire(ask('a'), forGood));
    last().crash();
    await vi.advanceTimersByTimeAsync(1);
    expect(pool.resident()).toEqual([]);
    lease.release();
    const again = await settled(pool.acquire(ask('a'), forGood));
    expect(again.runner).not.toBe(lease.runner);
    expect(started()).toBe(2);
  });
});

describe('the log', () => {
  test('tells an unloading by its reason and a crash as an error', async () => {
    const { pool, log, last } = createStable({ keepAliveMs: 0 });
    (await settled(pool.acquire(ask('a'), forGood))).release();
    await settled(pool.acquire(ask('b'), forGood));
    last().crash();
    await vi.advanceTimersByTimeAsync(1);
    const lines = log.map((line) => /level=(\w+) msg="?([\w ]+)/.exec(line)?.slice(1).join(' '));
    expect(lines).toEqual([
      'INFO loading model',
      'INFO model loaded',
      'INFO unloading model',
      'INFO loading model',
      'INFO model loaded',
      'ERROR runner ended by itself',
    ]);
    expect(log[2]).toContain('keep-alive is over');
  });

  test('names no path', async () => {
    const { pool, log } = createStable();
    await settled(pool.acquire(ask('a'), forGood));
    await settled(pool.close());
    expect(log.join('')).not.toContain('/models');
  });
});

describe('the end', () => {
  test('onEmpty is called when the last model has gone, not before', async () => {
    const { pool } = createStable({ keepAliveMs: 1000 });
    const empty = vi.fn<() => void>();
    pool.onEmpty(empty);
    const [a, b] = await settled(Promise.all([pool.acquire(ask('a'), forGood), pool.acquire(ask('b'), forGood)]));
    a.release();
    await vi.advanceTimersByTimeAsync(2000);
    expect(empty).not.toHaveBeenCalled();
    b.release();
    await vi.advanceTimersByTimeAsync(2000);
    expect(empty).toHaveBeenCalledTimes(1);
  });

  test('onEmpty is called too when the only request could not be served', async () => {
    const { pool } = createStable();
    const empty = vi.fn<() => void>();
    pool.onEmpty(empty);
    await failure(pool.acquire(ask('bad'), forGood));
    expect(empty).toHaveBeenCalledTimes(1);
  });

  test('a listener may acquire at once', async () => {
    const { pool } = createStable({ keepAliveMs: 0 });
    let again: Promise<Lease> | undefined;
    pool.onEmpty(() => {
      again ??= pool.acquire(ask('b'), forGood);
    });
    (await settled(pool.acquire(ask('a'), forGood))).release();
    await vi.advanceTimersByTimeAsync(500);
    expect(again).toBeDefined();
    await expect(settled(again ?? Promise.reject(new Error('not called')))).resolves.toHaveProperty('runner');
  });

  test('close waits for every runner, also leased and loading ones, and rejects the rest', async () => {
    const { pool, up, aborted } = createStable({}, { closingMs: 500 });
    await settled(pool.acquire(ask('a'), forGood));
    const waiting = failure(pool.acquire(ask('b'), forGood));
    await vi.advanceTimersByTimeAsync(20);
    await settled(Promise.all([pool.close(), pool.close()]));
    expect((await waiting).code).toBe('canceled');
    expect(up()).toEqual([]);
    expect(aborted).toEqual(['/models/b.gguf']);
    expect((await failure(pool.acquire(ask('a'), forGood))).message).toBe('the server is shutting down');
    await pool.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('any traffic of clients is answered, within the bounds, and leaves nothing behind', async () => {
  const client = fc.record({
    model: fc.constantFrom('a', 'b', 'c', 'd', 'bad'),
    contextTokens: fc.constantFrom(undefined, 512, 1024),
    keepAliveMs: fc.constantFrom(undefined, 0, 200, Infinity),
    comesAfterMs: fc.nat({ max: 2000 }),
    usesForMs: fc.nat({ max: 500 }),
    leavesAfterMs: fc.constantFrom(undefined, 20, 130),
    crashes: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(client, { maxLength: 40, size: 'max' }), async (clients) => {
      const { pool, up } = createStable({ maxLoadedModels: 2, maxQueue: 8, memoryLimitBytes: 2 * gigabyte });
      let mostUp = 0;
      const visits = clients.map(async (visit) => {
        await pause(visit.comesAfterMs);
        const leaving = new AbortController();
        if (visit.leavesAfterMs !== undefined) setTimeout(() => leaving.abort(), visit.leavesAfterMs);
        const { contextTokens, keepAliveMs } = visit;
        try {
          const lease = await pool.acquire(ask(visit.model, { contextTokens }, keepAliveMs), leaving.signal);
          mostUp = Math.max(mostUp, up().length);
          await pause(visit.usesForMs);
          if (visit.crashes && lease.runner instanceof RunnerInProcess) lease.runner.crash();
          lease.release();
          return 'served';
        } catch (thrown) {
          return thrown instanceof CorralError ? thrown.code : thrown;
        }
      });
      const answers = await settled(Promise.all(visits));
      expect(answers.filter((answer) => !['served', 'canceled', 'busy', 'bad_gguf'].includes(String(answer)))).toEqual(
        [],
      );
      expect(mostUp).toBeLessThanOrEqual(2);
      await settled(pool.close());
      expect(up()).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
