/** A scenario's results as text: one row for each measure, one column for each contestant, the verdict last. */
import { formatFigure, formatRatio } from './format-figure.ts';
import type { EntryResult, MeasureResult } from './measure-result.ts';
import { formatTable } from './text-table.ts';

export function scenarioTable(results: readonly MeasureResult[]): string {
  const labels = [...new Set(results.flatMap((result) => result.entries.map((entry) => entry.label)))];
  const header = ['median (min..max)', ...labels, 'to the best peer'];
  const rows = results.map((result) => [
    `${result.measure.name}, ${result.measure.unit}${result.measure.better === 'lower' ? ' (less is better)' : ''}`,
    ...labels.map((label) => cell(result.entries.find((entry) => entry.label === label))),
    result.bestPeer === undefined ? '-' : `${formatRatio(result.bestPeer.ratio)} (${result.bestPeer.label})`,
  ]);
  return formatTable([header, ...rows]);
}

/** Each failure once, with the measure where it came first: a broken contestant usually fails all measures in the same way. */
export function failureLines(results: readonly MeasureResult[]): readonly string[] {
  const firstMeasure = new Map<string, string>();
  for (const { measure, entries } of results)
    for (const { label, failure } of entries) {
      if (failure === undefined) continue;
      const line = `${label} failed: ${failure}`;
      if (!firstMeasure.has(line)) firstMeasure.set(line, measure.name);
    }
  return [...firstMeasure].map(([line, measure]) => `${line} (at "${measure}")`);
}

function cell(entry: EntryResult | undefined): string {
  if (entry?.failure !== undefined) return 'failed';
  if (entry?.summary === undefined) return '-';
  const { median, min, max } = entry.summary;
  const spread = entry.values.length > 1 ? ` (${formatFigure(min)}..${formatFigure(max)})` : '';
  return `${formatFigure(median)}${spread}${entry.ratio === undefined ? '' : ` ${formatRatio(entry.ratio)}`}`;
}
