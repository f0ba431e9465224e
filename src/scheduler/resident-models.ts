import type { ResidentModel } from './model-pool.ts';
import { readyRunners, type SchedulerState } from './scheduler-state.ts';

/**
 * What `ps` shows: the models that can be used at once, latest expiry first. A model in use has its whole keep-alive before it.
 * `nowMs` is on the scheduler's clock, `now` the wall clock at the same moment.
 */
export function residentModels(state: SchedulerState, nowMs: number, now: Date): readonly ResidentModel[] {
  return readyRunners(state)
    .map((runner) => {
      const since = runner.leases > 0 ? nowMs : runner.idleSinceMs;
      return { runner, leftMs: Math.max(0, since + runner.keepAliveMs - nowMs) };
    })
    .toSorted((one, other) => (one.leftMs === other.leftMs ? 0 : one.leftMs > other.leftMs ? -1 : 1))
    .map(({ runner, leftMs }) => ({
      model: runner.model,
      sizeBytes: runner.facts.sizeBytes,
      vramBytes: runner.facts.vramBytes,
      contextTokens: runner.facts.contextTokens,
      expiresAt: leftMs === Infinity ? undefined : new Date(now.getTime() + leftMs),
    }));
}
