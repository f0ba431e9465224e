/** From the figures of one measure to its verdict: a summary for each entry, Corral's ratio to each, and to the best peer. */
import type { EntryRole, Measure } from '../scenario.ts';
import { summarize, type Summary } from './summary.ts';

export interface EntrySamples {
  readonly label: string;
  readonly role: EntryRole;
  readonly values: readonly number[];
  /** Why it dropped out. */
  readonly failure: string | undefined;
}

export interface MeasureSamples {
  readonly measure: Measure;
  readonly entries: readonly EntrySamples[];
}

export interface EntryResult extends EntrySamples {
  readonly summary: Summary | undefined;
  /** How many times better Corral's median is than this one's; undefined for Corral itself and where either has no figure. */
  readonly ratio: number | undefined;
}

export interface MeasureResult {
  readonly measure: Measure;
  readonly entries: readonly EntryResult[];
  /** The peer that Corral has to beat: the one with the lowest ratio. */
  readonly bestPeer: { readonly label: string; readonly ratio: number } | undefined;
}

export function judge({ measure, entries }: MeasureSamples): MeasureResult {
  const summaries = entries.map((entry) => (entry.failure === undefined ? summarize(entry.values) : undefined));
  const corral = summaries[entries.findIndex((entry) => entry.role === 'corral')];
  const results = entries.map((entry, index): EntryResult => {
    const summary = summaries[index];
    return {
      ...entry,
      summary,
      ratio: entry.role === 'corral' ? undefined : ratioOf(measure.better, corral?.median, summary?.median),
    };
  });
  let bestPeer: MeasureResult['bestPeer'];
  for (const { label, role, ratio } of results) {
    if (role !== 'peer' || ratio === undefined) continue;
    if (bestPeer === undefined || ratio < bestPeer.ratio) bestPeer = { label, ratio };
  }
  return { measure, entries: results, bestPeer };
}

/** Above 1 always means that Corral is better, whichever way the unit points. A zero on either side has no ratio. */
export function ratioOf(
  better: Measure['better'],
  corral: number | undefined,
  other: number | undefined,
): number | undefined {
  if (corral === undefined || other === undefined || corral <= 0 || other <= 0) return undefined;
  return better === 'higher' ? corral / other : other / corral;
}
