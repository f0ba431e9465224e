/** Typed look-ups in metadata. A key of another type than expected counts as absent: nothing in a file is promised. */
import type { Gguf, GgufArray, GgufScalar } from './gguf.ts';

export function textOf(gguf: Gguf, key: string): string | undefined {
  const value = gguf.metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}

export function booleanOf(gguf: Gguf, key: string): boolean | undefined {
  const value = gguf.metadata.get(key);
  return typeof value === 'boolean' ? value : undefined;
}

/** A whole number of at least 0. */
export function countOf(gguf: Gguf, key: string): number | undefined {
  return asCount(gguf.metadata.get(key));
}

export function arrayOf(gguf: Gguf, key: string): GgufArray | undefined {
  const value = gguf.metadata.get(key);
  return typeof value === 'object' ? value : undefined;
}

/** Where a file says nothing. */
export const defaultAlignment = 32;

/** Of the data of a file that `readGguf` has accepted. */
export function alignmentOf(gguf: Gguf): number {
  return countOf(gguf, 'general.alignment') ?? defaultAlignment;
}

/** One value per layer: the list where there is one, otherwise the single value for all, otherwise `fallback`. */
export function countPerLayer(gguf: Gguf, key: string, layers: number, fallback: number): number[] {
  const value = gguf.metadata.get(key);
  const list = typeof value === 'object' ? value.values : undefined;
  const single = asCount(value) ?? fallback;
  return Array.from({ length: layers }, (_, layer) => (list ? (asCount(list[layer]) ?? fallback) : single));
}

/** An element of an array that was read, or that was kept when the rest was skipped. */
export function elementOf(array: GgufArray | undefined, index: number | undefined): GgufScalar | undefined {
  return index === undefined ? undefined : (array?.values?.[index] ?? array?.keptValues.get(index));
}

function asCount(value: GgufScalar | GgufArray | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
