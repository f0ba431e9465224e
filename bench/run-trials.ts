/**
 * Runs trials so that contestants can be compared on a machine whose speed drifts: every round lets each entry do its thing once,
 * and the entry that begins moves on with each round, so that none always comes first or always follows the same one.
 *
 * Before each measurement there is a pause: the compute threads of llama.cpp's servers spin for some 100 ms after their last step in the
 * hope of another one, and whoever is measured meanwhile shares the cores with them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry, Measure, Trial } from './scenario.ts';
import type { EntrySamples, MeasureSamples } from './report/measure-result.ts';

export interface TrialOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Before each measurement; `pauseMs` unless a test has nobody to wait for. */
  readonly pauseMs?: number;
  /** Told before each round. */
  onRound(measures: readonly Measure[], round: number): void;
}

/** Spinning was seen to last 100 to 150 ms; on a busy machine it takes longer to get there. */
export const pauseMs = 400;

/** One element per measure. An entry that throws drops out of the trial with its reason; an abort ends everything. */
export async function runTrial(trial: Trial, options: TrialOptions): Promise<readonly MeasureSamples[]> {
  const figures = trial.entries.map((): (readonly (number | undefined)[])[] => []);
  const failures = trial.entries.map((): string | undefined => undefined);
  const attempt = async (index: number, step: (entry: Entry) => Promise<void> | undefined): Promise<void> => {
    const entry = trial.entries[index];
    if (entry === undefined || failures[index] !== undefined) return;
    options.signal.throwIfAborted();
    try {
      await step(entry);
    } catch (thrown) {
      options.signal.throwIfAborted();
      failures[index] = thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  for (const index of trial.entries.keys()) await attempt(index, (entry) => entry.prepare?.(options.signal));
  for (let round = 0; round < options.runs; round++) {
    options.onRound(trial.measures, round);
    for (const index of roundOrder(trial.entries.length, round))
      await attempt(index, async (entry) => {
        await sleep(options.pauseMs ?? pauseMs, undefined, { signal: options.signal });
        figures[index]?.push(await entry.run(options.signal));
      });
  }
  return trial.measures.map((measure, at) => ({
    measure,
    entries: trial.entries.map((entry, index): EntrySamples => ({
      label: entry.label,
      role: entry.role,
      values: (figures[index] ?? []).map((row) => row[at]).filter((value) => value !== undefined),
      failure: failures[index],
    })),
  }));
}

/** Who runs when: entry numbers of one round, beginning one further than the round before. */
export function roundOrder(entries: number, round: number): readonly number[] {
  return Array.from({ length: entries }, (_, place) => (place + round) % entries);
}
