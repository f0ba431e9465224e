/** The JSON file's shape: everything that was measured, with what a later reader needs to judge it. Raise `format` when it changes. */
import os from 'node:os';
import type { SkippedContestant } from '../contestants/contestants.ts';
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
  readonly runs: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly skipped: readonly SkippedContestant[];
  readonly scenarios: readonly ScenarioResult[];
}

export function jsonReport({ startedAt, runs, versions, skipped, scenarios }: JsonReportParts): unknown {
  return {
    format: 1,
    startedAt: startedAt.toISOString(),
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      logicalCores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      platform: `${os.platform()} ${os.arch()}`,
      node: process.version,
    },
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
