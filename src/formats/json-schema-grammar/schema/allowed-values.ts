/** The values that `const` and `enum` name. */
import { isSchemaObject, type SchemaDocument, type SchemaObject } from './schema-document.ts';
import { listKeyword } from './schema-keywords.ts';

interface ValueList {
  readonly values: readonly unknown[];
  /** Those that are neither object nor list: an enum of ten thousand words is looked up, not walked. */
  readonly simple: ReadonlySet<unknown>;
  readonly structured: readonly unknown[];
}

const knownLists = new WeakMap<SchemaObject, ValueList>();

/** The values that `const` or `enum` of `schema` allow; undefined without either. */
export function allowedValues(document: SchemaDocument, schema: SchemaObject): readonly unknown[] | undefined {
  return valueList(document, schema)?.values;
}

/** Do `const` and `enum` of `schema`, where there are any, allow `value`? */
export function isAllowedValue(document: SchemaDocument, schema: SchemaObject, value: unknown): boolean {
  const list = valueList(document, schema);
  return list === undefined || isIn(document, list, value);
}

function valueList(document: SchemaDocument, schema: SchemaObject): ValueList | undefined {
  const known = knownLists.get(schema);
  if (known !== undefined) return known;
  const values = listKeyword(document, schema, 'enum');
  if (values === undefined && !Object.hasOwn(schema, 'const')) return undefined;
  document.spend(values?.length ?? 1);
  const listed = values === undefined ? undefined : divided(values);
  const only = schema['const'];
  const hasOnly = Object.hasOwn(schema, 'const');
  const list = hasOnly ? divided(listed === undefined || isIn(document, listed, only) ? [only] : []) : listed;
  if (list !== undefined) knownLists.set(schema, list);
  return list;
}

function divided(values: readonly unknown[]): ValueList {
  const isStructured = (value: unknown): boolean => typeof value === 'object' && value !== null;
  return {
    values,
    simple: new Set(values.filter((value) => !isStructured(value))),
    structured: values.filter(isStructured),
  };
}

function isIn(document: SchemaDocument, list: ValueList, value: unknown): boolean {
  return list.simple.has(value) || list.structured.some((each) => isEqual(document, each, value));
}

function isEqual(document: SchemaDocument, left: unknown, right: unknown): boolean {
  document.spend(1);
  if (left === right) return true;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isEqual(document, item, right[index]));
  }
  if (!isSchemaObject(left) || !isSchemaObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(document, left[name], right[name]))
  );
}
