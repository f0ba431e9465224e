/** `len`, `index` and `slice`. Strings are bytes to all three, as in Go. */
import type { GoValue } from './go-value.ts';
import { typeName } from './go-value.ts';
import { TemplateFunctionError } from './template-error.ts';

export function lengthOf(value: GoValue): bigint {
  if (value === undefined) throw new TemplateFunctionError('len of nil pointer');
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (typeof value === 'object' && value.kind === 'slice') return BigInt(value.items.length);
  if (typeof value === 'object' && value.kind === 'map') return BigInt(value.entries.size);
  throw new TemplateFunctionError(`len of type ${typeName(value)}`);
}

export function indexInto(collection: GoValue, keys: readonly GoValue[]): GoValue {
  if (collection === undefined) throw new TemplateFunctionError('index of untyped nil');
  let value: GoValue = collection;
  for (const key of keys) value = indexOnce(value, key);
  return value;
}

function indexOnce(value: GoValue, key: GoValue): GoValue {
  if (value === undefined) throw new TemplateFunctionError('index of nil pointer');
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return BigInt(bytes[position(key, bytes.length, 'string')] ?? 0);
  }
  if (typeof value === 'object' && value.kind === 'slice')
    return value.items[position(key, value.items.length, 'slice')];
  if (typeof value === 'object' && value.kind === 'map') {
    if (key === undefined) throw new TemplateFunctionError('value is nil; should be of type string');
    if (typeof key !== 'string') throw new TemplateFunctionError(`value has type ${typeName(key)}; should be string`);
    return value.entries.has(key) ? value.entries.get(key) : value.zero;
  }
  throw new TemplateFunctionError(`can't index item of type ${typeName(value)}`);
}

/** Where an element stands. The place behind the last one passes Go's own check and fails one level deeper, with another text. */
function position(key: GoValue, length: number, kind: 'slice' | 'string'): number {
  const index = offset(key, length);
  if (index === length) throw new TemplateFunctionError(`reflect: ${kind} index out of range`);
  return index;
}

/** A checked index from 0 to `largest`. */
function offset(key: GoValue, largest: number): number {
  if (key === undefined) throw new TemplateFunctionError('cannot index slice/array with nil');
  if (typeof key !== 'bigint') throw new TemplateFunctionError(`cannot index slice/array with type ${typeName(key)}`);
  if (key < 0n || key > BigInt(largest)) throw new TemplateFunctionError(`index out of range: ${key}`);
  return Number(key);
}

export function sliceOf(value: GoValue, indexes: readonly GoValue[]): GoValue {
  if (value === undefined) throw new TemplateFunctionError('slice of untyped nil');
  if (indexes.length > 3) throw new TemplateFunctionError(`too many slice indexes: ${indexes.length}`);
  if (typeof value === 'string') {
    if (indexes.length === 3) throw new TemplateFunctionError('cannot 3-index slice a string');
    const bytes = Buffer.from(value);
    return bytes.subarray(...bounds(indexes, bytes.length)).toString();
  }
  if (typeof value !== 'object' || value.kind !== 'slice')
    throw new TemplateFunctionError(`can't slice item of type ${typeName(value)}`);
  const { methods, ...bare } = value;
  const items = value.items.slice(...bounds(indexes, value.items.length));
  return { ...bare, items, ...(methods && { methods }) };
}

function bounds(indexes: readonly GoValue[], length: number): [number, number] {
  const [start = 0, end = length, capacity] = indexes.map((index) => offset(index, length));
  if (start > end) throw new TemplateFunctionError(`invalid slice index: ${start} > ${end}`);
  if (capacity !== undefined && end > capacity)
    throw new TemplateFunctionError(`invalid slice index: ${end} > ${capacity}`);
  return [start, end];
}
