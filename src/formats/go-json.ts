/**
 * JSON as Go's encoder writes it. Blobs are named after their bytes, so a params layer or config that Corral makes must equal, byte for
 * byte, the one that Ollama makes of the same values: `<`, `>`, `&` escaped, maps sorted by key, a line end at the close.
 */
import { jsonString } from './go-template/json-value.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** An object's keys stay in their order, as Go writes a struct; undefined fields are left out. */
export function goStructLine(fields: Readonly<Record<string, JsonValue | undefined>>): string {
  const present = Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return objectText(present, 'as they are') + '\n';
}

export function goListLine(items: readonly JsonValue[]): string {
  return valueText(items, 'as they are') + '\n';
}

/** As Go writes a map: sorted by key, on every level. */
export function goMapLine(map: Readonly<Record<string, JsonValue>>): string {
  return valueText(map, 'sorted') + '\n';
}

type KeyOrder = 'as they are' | 'sorted';

function valueText(value: JsonValue, order: KeyOrder): string {
  if (typeof value === 'string') return jsonString(value);
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value);
  if (isList(value)) return `[${value.map((item) => valueText(item, order)).join(',')}]`;
  const entries = Object.entries(value);
  return objectText(order === 'sorted' ? entries.sort(byKey) : entries, order);
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);

function objectText(entries: readonly (readonly [string, JsonValue])[], order: KeyOrder): string {
  return `{${entries.map(([key, value]) => `${jsonString(key)}:${valueText(value, order)}`).join(',')}}`;
}

function byKey([left]: readonly [string, JsonValue], [right]: readonly [string, JsonValue]): number {
  return left < right ? -1 : 1;
}
