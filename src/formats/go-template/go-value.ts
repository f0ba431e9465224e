/**
 * The values a template works on, as Go sees them: bigint is `int`, number is `float64`, `undefined` is nil. Lists, maps and
 * structs carry the name of their Go type, because error messages show it and comparisons depend on it.
 */
export type GoValue = undefined | boolean | bigint | number | string | GoSlice | GoMap | GoStruct;

export interface GoSlice {
  readonly kind: 'slice';
  readonly typeName: string;
  readonly items: readonly GoValue[];
  /** A nil slice is `null` in JSON, an empty one `[]`. */
  readonly isNil: boolean;
  readonly methods?: GoMethods;
}

export interface GoMap {
  readonly kind: 'map';
  readonly typeName: string;
  readonly entries: ReadonlyMap<string, GoValue>;
  readonly isNil: boolean;
  /** What a missing key gives: `undefined` where the elements are `any`. */
  readonly zero: GoValue;
  /** JSON keeps the order of `entries`; a plain Go map is written by sorted keys. */
  readonly isOrdered: boolean;
  readonly methods?: GoMethods;
}

export interface GoStruct {
  readonly kind: 'struct';
  readonly typeName: string;
  /** Reached through a pointer: the type's name gets a `*`, `print` an `&`. */
  readonly isPointer: boolean;
  readonly fields: readonly GoField[];
  readonly methods?: GoMethods;
}

export interface GoField {
  readonly name: string;
  readonly value: GoValue;
  /** Declared as `any` in Go. */
  readonly isInterface?: boolean;
  readonly jsonName?: string;
  /** Left out of JSON when empty, or only when nil (`any` and pointers). */
  readonly omit?: 'empty' | 'nil';
}

/** Methods without arguments. `String` is also how the value prints, `MarshalJSON` how it looks in JSON. */
export interface GoMethods {
  readonly String?: (value: GoValue) => string;
  readonly MarshalJSON?: (value: GoValue) => string;
  readonly ToTypeScriptType?: (value: GoValue) => string;
}

export function goSlice(typeName: string, items: readonly GoValue[], methods?: GoMethods): GoSlice {
  return { kind: 'slice', typeName, items, isNil: items.length === 0, ...(methods && { methods }) };
}

export function goMap(entries: Iterable<readonly [string, GoValue]>): GoMap {
  return {
    kind: 'map',
    typeName: 'map[string]interface {}',
    entries: new Map(entries),
    isNil: false,
    zero: undefined,
    isOrdered: false,
  };
}

/** The name of a value's type, as in Go's messages. */
export function typeName(value: GoValue): string {
  if (value === undefined) return '<nil>';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'string') return 'string';
  return value.kind === 'struct' && value.isPointer ? `*${value.typeName}` : value.typeName;
}

/** Go's truth: zero, empty and nil are false; a struct is always true. */
export function isTrue(value: GoValue): boolean {
  if (typeof value !== 'object') return Boolean(value) || (typeof value === 'number' && Number.isNaN(value));
  if (value.kind === 'slice') return value.items.length > 0;
  return value.kind === 'struct' || value.entries.size > 0;
}

/** Entries by key in byte order, the order in which Go prints and ranges over a map. */
export function sortedEntries(map: GoMap): readonly (readonly [string, GoValue])[] {
  return [...map.entries].sort(([left], [right]) => compareStrings(left, right));
}

/** By UTF-8 bytes. Differs from `<` only where a surrogate pair meets U+E000 to U+FFFF. */
export function compareStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return codeUnitRank(a) - codeUnitRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above every single unit. */
const codeUnitRank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
