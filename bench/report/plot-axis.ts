/** One axis of a plot: where values lie on it, and which of them get a tick. Pure. */
export interface PlotAxis {
  readonly ticks: readonly number[];
  /** Place of a value between `from` and `to`, in pixels. */
  at(value: number): number;
}

export interface AxisRange {
  readonly isLog: boolean;
  /** Pixels of the axis' low and high end. */
  readonly from: number;
  readonly to: number;
}

/** Ticks aimed at on a linear axis; the steps that are easy to read give one or two more or less. */
const wantedTicks = 6;
/** So few different values (1, 2, 4, ... engines) are themselves the best ticks of a logarithmic axis. */
const mostOwnTicks = 8;

/** An axis that holds all `values`. On a logarithmic one those that are not positive have no place and are left out. */
export function plotAxis(values: readonly number[], { isLog, from, to }: AxisRange): PlotAxis {
  const placed = [...new Set(values)].filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  const ticks = isLog ? logTicks(placed) : linearTicks(placed);
  const scale = isLog ? Math.log10 : (value: number) => value;
  const low = scale(Math.min(...ticks, ...placed));
  const high = scale(Math.max(...ticks, ...placed));
  const perUnit = high > low ? (to - from) / (high - low) : 0;
  return { ticks, at: (value) => from + (scale(value) - low) * perUnit };
}

/** Figures of a tick: `0.05`, `1,200`. */
export function tickText(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function linearTicks(values: readonly number[]): readonly number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(...values, low);
  const rough = (high - low) / wantedTicks || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => power * factor >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Powers of ten, with 2 and 5 between them where that gives few enough. */
function logTicks(values: readonly number[]): readonly number[] {
  if (values.length === 0) return [1, 10];
  if (values.length <= mostOwnTicks) return values.toSorted((a, b) => a - b);
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first; power < last; power++) for (const factor of factors) ticks.push(factor * 10 ** power);
  return [...ticks, 10 ** last];
}
