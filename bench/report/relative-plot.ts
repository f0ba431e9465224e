/**
 * A scenario's measures in one picture although their units differ: each bar says how many times as good as the better peer a contestant
 * is, so that longer is better whichever way the unit points and 1 is the bar to pass.
 */
import type { Measure } from '../scenario.ts';
import type { EntryResult, MeasureResult } from './measure-result.ts';
import { barPlot, type BarPlot } from './svg-plot.ts';

/** SVG text; undefined where no measure has anybody to compare with. */
export function relativePlot(title: string, measures: readonly MeasureResult[]): string | undefined {
  const groups = measures.map(relativeGroup).filter((group) => group !== undefined);
  if (groups.length === 0) return undefined;
  return barPlot({ title, unit: 'times the better peer (longer is better)', groups });
}

type Group = BarPlot['groups'][number];

/** undefined where the measure has no other contestant with a figure. */
export function relativeGroup({ measure, entries, bestPeer }: MeasureResult): Group | undefined {
  // Without a peer Corral is held against itself: the first reference.
  const base = entries.find(({ label, role, ratio }) =>
    bestPeer === undefined ? role === 'reference' && ratio !== undefined : label === bestPeer.label,
  )?.summary?.median;
  if (base === undefined) return undefined;
  const bars = entries.map((entry) => relativeBar(measure.better, base, entry)).filter((bar) => bar !== undefined);
  return bars.length < 2 ? undefined : { name: `${measure.name}, ${measure.unit}`, bars };
}

function relativeBar(
  better: Measure['better'],
  base: number,
  { label, summary }: EntryResult,
): Group['bars'][number] | undefined {
  if (summary === undefined || summary.min <= 0) return undefined;
  const relative = (value: number): number => (better === 'higher' ? value / base : base / value);
  const [low, high] = better === 'higher' ? [summary.min, summary.max] : [summary.max, summary.min];
  return { name: label, value: relative(summary.median), low: relative(low), high: relative(high) };
}
