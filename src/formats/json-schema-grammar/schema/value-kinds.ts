/** Which kinds of JSON values a branch of the schema allows. */
import type { SchemaDocument, SchemaObject } from './schema-document.ts';
import { keyword } from './schema-keywords.ts';

export const valueKinds = ['object', 'array', 'string', 'number', 'boolean', 'null'] as const;
export type ValueKind = (typeof valueKinds)[number];

export interface AllowedKinds {
  readonly kinds: ReadonlySet<ValueKind>;
  /** Numbers must be whole. */
  readonly integers: boolean;
}

/** Keywords that speak of one kind. A schema without `type` that uses one means that kind, whatever the specification allows beside. */
const kindKeywords: Readonly<Record<ValueKind, readonly string[]>> = {
  object: [
    'properties',
    'patternProperties',
    'required',
    'additionalProperties',
    'propertyNames',
    'minProperties',
    'maxProperties',
  ],
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems'],
  string: ['pattern', 'minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  boolean: [],
  null: [],
};

/** The formats that speak of numbers; any other speaks of strings. */
export const numberFormats: ReadonlySet<string> = new Set([
  'int32',
  'int64',
  'uint32',
  'uint64',
  'float',
  'double',
  'decimal',
]);

/** What the `type`s of `nodes` allow together; a branch without any allows everything. */
export function declaredKinds(document: SchemaDocument, nodes: readonly SchemaObject[]): AllowedKinds {
  let kinds = new Set<ValueKind>(valueKinds);
  let integers = false;
  for (const node of nodes) {
    const types = typeNames(document, node);
    if (types === undefined) continue;
    kinds = new Set([...kinds].filter((kind) => types.has(kind) || (kind === 'number' && types.has('integer'))));
    if (types.has('integer') && !types.has('number')) integers = true;
  }
  return { kinds, integers };
}

/** As `declaredKinds`, but a branch that names no type and uses keywords of some kinds is taken to mean those. For generating. */
export function meantKinds(document: SchemaDocument, nodes: readonly SchemaObject[]): AllowedKinds {
  const declared = declaredKinds(document, nodes);
  if (nodes.some((node) => keyword(node, 'type') !== undefined)) return declared;
  const meant = valueKinds.filter((kind) => nodes.some((node) => speaksOf(node, kind)));
  return meant.length === 0 ? declared : { ...declared, kinds: new Set(meant) };
}

function speaksOf(node: SchemaObject, kind: ValueKind): boolean {
  const format = keyword(node, 'format');
  if (typeof format === 'string' && kind === (numberFormats.has(format) ? 'number' : 'string')) return true;
  return kindKeywords[kind].some((key) => keyword(node, key) !== undefined);
}

function typeNames(document: SchemaDocument, node: SchemaObject): ReadonlySet<string> | undefined {
  const value = keyword(node, 'type');
  if (value === undefined) return undefined;
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  const known = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string' || (name !== 'integer' && !valueKinds.some((kind) => kind === name))) {
      throw document.refuse(node, 'type', '"type" must name types of JSON values');
    }
    known.add(name);
  }
  if (keyword(node, 'nullable') === true) known.add('null'); // OpenAPI 3.0
  return known;
}

export function kindOf(value: unknown): ValueKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object';
}
