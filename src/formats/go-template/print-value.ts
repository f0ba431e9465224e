/** Go's `%v`: how a value looks when a template prints it. */
import type { GoValue } from './go-value.ts';
import { sortedEntries } from './go-value.ts';

/** What `{{ value }}` writes. */
export function printedValue(value: GoValue): string {
  if (value === undefined) return '<no value>';
  return formatValue(value, false);
}

/** `%v` of a value inside another or as an argument of `print`; `marksPointer` writes `&` before a struct behind a pointer. */
export function formatValue(value: GoValue, marksPointer = true): string {
  if (value === undefined) return '<nil>';
  if (typeof value === 'number') return formatFloat(value);
  if (typeof value !== 'object') return String(value);
  const own = value.methods?.String;
  if (own !== undefined) return own(value);
  if (value.kind === 'slice') return `[${value.items.map((item) => formatValue(item)).join(' ')}]`;
  if (value.kind === 'map') {
    const entries = sortedEntries(value).map(([key, item]) => `${key}:${formatValue(item)}`);
    return `map[${entries.join(' ')}]`;
  }
  const inside = value.fields.map((field) => formatValue(field.value)).join(' ');
  return `${value.isPointer && marksPointer ? '&' : ''}{${inside}}`;
}

/** `fmt.Sprint`: a space between neighbours of which neither is a string. */
export function sprint(values: readonly GoValue[]): string {
  let text = '';
  for (const [index, value] of values.entries()) {
    const needsSpace = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    text += `${needsSpace ? ' ' : ''}${formatValue(value)}`;
  }
  return text;
}

/** `%v` of a float64: the shortest digits, with an exponent below 1e-4 and from 1e6. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const scientific = value.toExponential();
  const exponent = Number(scientific.split('e')[1]);
  // JavaScript itself goes to an exponent only below 1e-6 and from 1e21.
  return exponent >= -4 && exponent < 6 ? String(value) : widenExponent(scientific);
}

/** Go writes at least two digits of exponent. */
export function widenExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
