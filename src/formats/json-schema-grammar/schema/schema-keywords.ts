/** Typed reading of a schema's keywords. An absent keyword is undefined; one of the wrong type is refused with its pointer. */
import { schemaLimits } from '../schema-limits.ts';
import { isSchemaObject, type SchemaDocument, type SchemaNode, type SchemaObject } from './schema-document.ts';

/** The value of `key`, own properties only (`constructor` is no keyword of every schema). */
export function keyword(node: SchemaObject, key: string): unknown {
  return Object.hasOwn(node, key) ? node[key] : undefined;
}

export function numberKeyword(document: SchemaDocument, node: SchemaObject, key: string): number | undefined {
  const value = keyword(node, key);
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw document.refuse(node, key, `"${key}" must be a number`);
}

/** A count such as minLength. A lower bound that no answer could meet is refused. */
export function countKeyword(document: SchemaDocument, node: SchemaObject, key: string): number | undefined {
  const value = numberKeyword(document, node, key);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < 0)
    throw document.refuse(node, key, `"${key}" must be a non-negative integer`);
  if (key.startsWith('min') && value > schemaLimits.leastCount) {
    throw document.refuse(node, key, `"${key}" may be at most ${schemaLimits.leastCount}`);
  }
  return value;
}

export function stringKeyword(document: SchemaDocument, node: SchemaObject, key: string): string | undefined {
  const value = keyword(node, key);
  if (value === undefined || typeof value === 'string') return value;
  throw document.refuse(node, key, `"${key}" must be a string`);
}

export function stringsKeyword(document: SchemaDocument, node: SchemaObject, key: string): readonly string[] {
  const value = listKeyword(document, node, key) ?? [];
  if (value.every((item) => typeof item === 'string')) return value;
  throw document.refuse(node, key, `"${key}" must be a list of strings`);
}

export function listKeyword(document: SchemaDocument, node: SchemaObject, key: string): readonly unknown[] | undefined {
  const value = keyword(node, key);
  if (value === undefined || Array.isArray(value)) return value;
  throw document.refuse(node, key, `"${key}" must be a list`);
}

export function schemaKeyword(document: SchemaDocument, node: SchemaObject, key: string): SchemaNode | undefined {
  const value = keyword(node, key);
  return value === undefined ? undefined : document.asSchema(node, key, value);
}

/** The subschemas of a keyword such as anyOf. */
export function schemasKeyword(
  document: SchemaDocument,
  node: SchemaObject,
  key: string,
): readonly SchemaNode[] | undefined {
  return listKeyword(document, node, key)?.map((item) => document.asSchema(node, key, item));
}

/** The subschemas of `properties`, in the order in which JavaScript keeps them: declared order, but integer-like names come first. */
export function propertiesKeyword(
  document: SchemaDocument,
  node: SchemaObject,
): ReadonlyMap<string, SchemaNode> | undefined {
  const value = keyword(node, 'properties');
  if (value === undefined) return undefined;
  if (!isSchemaObject(value)) throw document.refuse(node, 'properties', '"properties" must be an object');
  return new Map(Object.entries(value).map(([name, schema]) => [name, document.asSchema(value, name, schema)]));
}
