/**
 * Plots as SVG text, with nothing but strings: axes, ticks, a legend, and colours that suit a light and a dark page
 * (prefers-color-scheme). Lines differ by marker and dashes too. Pure: figures in, text out.
 */
import { plotAxis, tickText, type PlotAxis } from './plot-axis.ts';
import { element, picture, seriesClass, text, textWidth } from './svg-element.ts';

export interface LinePlot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xLog?: boolean;
  readonly yLog?: boolean;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

export interface BarPlot {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly { readonly name: string; readonly bars: readonly PlottedBar[] }[];
}

interface PlottedBar {
  readonly name: string;
  readonly value: number;
  /** Ends of the range that was measured. */
  readonly low?: number;
  readonly high?: number;
}

const width = 760;
const legendRow = 20;
const dashes = ['none', '7 4', '2 3', '9 3 2 3'];

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Points that have no place on a logarithmic axis (zero, negative) or are no numbers are left out. */
export function linePlot({ title, xLabel, yLabel, xLog = false, yLog = false, series }: LinePlot): string {
  const names = series.map(({ name }) => name);
  const top = 48 + legendRows(names).length * legendRow;
  const area = { left: 76, right: width - 24, top, bottom: top + 320 };
  const points = series.flatMap((one) => one.points);
  const xAxis = plotAxis(column(points, 0), { isLog: xLog, from: area.left, to: area.right });
  const yAxis = plotAxis(column(points, 1), { isLog: yLog, from: area.bottom, to: area.top });
  const isPlaced = ([x, y]: readonly [number, number]) =>
    Number.isFinite(x) && Number.isFinite(y) && (!xLog || x > 0) && (!yLog || y > 0);
  const placed = series.map((one) =>
    one.points.filter(isPlaced).map(([x, y]): readonly [number, number] => [xAxis.at(x), yAxis.at(y)]),
  );
  return picture(title, width, area.bottom + 56, [
    legend(names, true),
    ...yAxis.ticks.map((tick) => yTick(yAxis.at(tick), tick, area)),
    ...xTicks(xAxis, area),
    text(xLabel, { x: (area.left + area.right) / 2, y: area.bottom + 42, 'text-anchor': 'middle' }),
    text(yLabel, { transform: `translate(18 ${(area.top + area.bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle' }),
    ...placed.map((line, index) => plottedLine(line, index)),
  ]);
}

/** Horizontal bars, one row each, so that names of any length stay readable. A name has one colour in all groups. */
export function barPlot({ title, unit, groups }: BarPlot): string {
  const names = [...new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)))];
  const rowHeight = 22;
  const rows = groups.reduce((sum, { bars }) => sum + bars.length + 1.4, 0);
  const left = 28 + Math.max(0, ...names.map(textWidth));
  const area = { left, right: width - 84, top: 44, bottom: 44 + rows * rowHeight };
  const ends = groups.flatMap(({ bars }) => bars.flatMap(({ value, high }) => [value, high ?? value]));
  const axis = plotAxis([0, ...ends], { isLog: false, from: area.left, to: area.right });
  const parts = xTicks(axis, area);
  let y = area.top;
  for (const { name, bars } of groups) {
    parts.push(text(name, { class: 'group', x: 16, y: y + rowHeight * 0.9 }));
    y += rowHeight * 1.2;
    for (const bar of bars) {
      parts.push(...plottedBar(bar, axis, y + rowHeight / 2, names.indexOf(bar.name)));
      y += rowHeight;
    }
    y += rowHeight * 0.2;
  }
  const label = text(unit, { x: (area.left + area.right) / 2, y: area.bottom + 40, 'text-anchor': 'middle' });
  return picture(title, width, area.bottom + 54, [...parts, label]);
}

function plottedBar({ name, value, low, high }: PlottedBar, axis: PlotAxis, middle: number, index: number): string[] {
  const zero = axis.at(0);
  const end = axis.at(value);
  const bar = {
    class: seriesClass(index),
    x: Math.min(zero, end),
    y: middle - 8,
    width: Math.abs(end - zero),
    height: 16,
  };
  const from = axis.at(low ?? value);
  const to = axis.at(high ?? value);
  const whisker = `M${fixed(from)} ${middle - 4}v8m0 -4H${fixed(to)}m0 -4v8`;
  const parts = [
    text(name, { x: zero - 8, y: middle + 4, 'text-anchor': 'end' }),
    element('rect', { ...bar, 'stroke-width': 0 }),
    text(tickText(value), { x: Math.max(end, to) + 6, y: middle + 4 }),
  ];
  return to > from ? [...parts, element('path', { class: 'whisker', d: whisker })] : parts;
}

function plottedLine(points: readonly (readonly [number, number])[], index: number): string {
  const path = points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${fixed(x)} ${fixed(y)}`).join('');
  const line = element('path', {
    d: path,
    fill: 'none',
    'stroke-width': 2,
    'stroke-linejoin': 'round',
    'stroke-dasharray': dashes[index % dashes.length] ?? 'none',
  });
  const markers = points.map(([x, y]) => marker(x, y, index));
  // The class' fill is for the markers; the line's own attribute would lose against it.
  return element('g', { class: seriesClass(index) }, [line.replace(' fill="none"', ' style="fill:none"'), ...markers]);
}

function marker(x: number, y: number, index: number): string {
  if (index % 3 === 0) return element('circle', { cx: x, cy: y, r: 3.2 });
  if (index % 3 === 1) return element('rect', { x: x - 3, y: y - 3, width: 6, height: 6 });
  return element('path', { d: `M${fixed(x)} ${fixed(y - 4)}l4 7h-8z` });
}

function yTick(y: number, value: number, area: Area): string {
  return [
    element('path', { class: 'grid', d: `M${area.left} ${fixed(y)}H${area.right}` }),
    text(tickText(value), { x: area.left - 8, y: y + 4, 'text-anchor': 'end' }),
  ].join('');
}

function xTicks(axis: PlotAxis, area: Area): string[] {
  const ticks = axis.ticks.map((tick) => {
    const x = axis.at(tick);
    const line = element('path', { class: 'grid', d: `M${fixed(x)} ${area.top}V${area.bottom}` });
    return line + text(tickText(tick), { x, y: area.bottom + 20, 'text-anchor': 'middle' });
  });
  const frame = `M${fixed(area.left)} ${area.top}V${area.bottom}H${area.right}`;
  return [...ticks, element('path', { class: 'axis', d: frame })];
}

/** Names row by row, as many in one as fit. */
function legendRows(names: readonly string[]): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let used = Infinity;
  for (const name of names) {
    const needed = textWidth(name) + 58;
    if (used + needed > width - 32) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(name);
    used += needed;
  }
  return rows;
}

function legend(names: readonly string[], withLines: boolean): string {
  const parts: string[] = [];
  let index = 0;
  for (const [row, inRow] of legendRows(names).entries()) {
    let x = 16;
    const y = 48 + row * legendRow;
    for (const name of inRow) {
      const ends: readonly (readonly [number, number])[] = withLines
        ? [
            [x, y - 4],
            [x + 26, y - 4],
          ]
        : [[x + 13, y - 4]];
      parts.push(plottedLine(ends, index), text(name, { x: x + 34, y }));
      x += textWidth(name) + 58;
      index++;
    }
  }
  return parts.join('');
}

function column(points: readonly (readonly [number, number])[], at: 0 | 1): readonly number[] {
  return points.map((point) => point[at]);
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
