/** Values of arguments in the form of Google's function-calling models: like JSON, with bare keys, and a marker on both sides of a string. */
import { compareStrings } from '../../../formats/go-template/go-value.ts';
import { formatFloat } from '../../../formats/go-template/print-value.ts';
import { recordOf } from '../../go-template-values.ts';
import { listOf } from './declared-properties.ts';

export interface EscapedValueStyle {
  readonly quote: string;
  /** How null looks. */
  readonly nil: string;
  readonly quotesKeys: boolean;
}

/** Keys are sorted. */
export function escapedValue(value: unknown, style: EscapedValueStyle): string {
  if (typeof value === 'string') return style.quote + value + style.quote;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value))
    return `[${listOf(value)
      .map((item) => escapedValue(item, style))
      .join(',')}]`;
  const record = recordOf(value);
  return record === undefined ? style.nil : `{${escapedEntries(record, style)}}`;
}

export function escapedEntries(record: Readonly<Record<string, unknown>>, style: EscapedValueStyle): string {
  const quote = style.quotesKeys ? style.quote : '';
  return sortedKeys(record)
    .map((key) => `${quote}${key}${quote}:${escapedValue(record[key], style)}`)
    .join(',');
}

export const sortedKeys = (record: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys(record).sort(compareStrings);

/** Whole numbers that an int64 holds are written out. */
function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : formatFloat(value);
}
