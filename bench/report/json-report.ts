/** The JSON file's shape: everything that was measured, with what a later reader needs to judge it. Raise `format` when it changes. */
import type { SkippedContestant } from '../contestants/contestants.ts';
import { machineFacts } from './machine-facts.ts';
import type { MeasureResult } from './measure-result.ts';

export interface ScenarioResult {
  readonly name: string;
  readonly notes: readonly string[];
  readonly measures: readonly MeasureResult[];
  /** Why the whole scenario could not run. */
  readonly failure: string | undefined;
}

export interface JsonReportParts {
  readonly startedAt: Date;
  /** The chat model, as the reader named it. */
  readonly model: string;
  readonly runs: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly skipped: readonly SkippedContestant[];
  readonly scenarios: readonly ScenarioResult[];
}

export function jsonReport({ startedAt, model, runs, versions, skipped, scenarios }: JsonReportParts): unknown {
  return {
    format: 2,
    startedAt: startedAt.toISOString(),
    machine: machineFacts(),
    model,
    runs,
    versions,
    skipped,
    scenarios: scenarios.map(({ name, notes, measures, failure }) => ({
      name,
      notes,
      failure,
      measures: measures.map(({ measure, entries, bestPeer }) => ({
        ...measure,
        bestPeer,
        entries: entries.map(({ summary, ...entry }) => ({ ...entry, ...summary })),
      })),
    })),
  };
}
