/** A runner for one short question to a model: taken, asked, and given back whatever comes. */
import type { Runner } from '../engine/runner.ts';
import type { StoredModel } from '../store/stored-model.ts';
import { requestOptions } from './request-options.ts';
import { startStopwatch } from './stopwatch.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface ModelOrder {
  readonly options: Readonly<Record<string, unknown>>;
  readonly keep_alive?: number | undefined;
}

export interface Timed<Value> {
  readonly value: Value;
  readonly totalNs: number;
  /** The part of it until the model was there. */
  readonly loadNs: number;
}

/** Throws what loading the model or `ask` throws. */
export async function withRunner<Value>(
  model: StoredModel,
  order: ModelOrder,
  parts: UseCaseParts,
  signal: AbortSignal,
  ask: (runner: Runner) => Promise<Value>,
): Promise<Timed<Value>> {
  const elapsedNs = startStopwatch();
  const options = requestOptions(model, order.options, parts.logger).load;
  const lease = await parts.pool.acquire({ model, options, keepAliveMs: order.keep_alive }, signal);
  const loadNs = elapsedNs();
  try {
    return { value: await ask(lease.runner), totalNs: elapsedNs(), loadNs };
  } finally {
    lease.release();
  }
}
