import { isSchemaObject, type SchemaDocument, type SchemaObject } from './schema-document.ts';
import { keyword } from './schema-keywords.ts';

/**
 * Keywords that restrict values in ways a grammar cannot say (or not yet). Keywords of no known meaning are left alone: the
 * specification has them read as annotations, and clients add their own.
 */
const refusedKeywords: readonly string[] = [
  '$dynamicRef',
  '$recursiveRef',
  'contains',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'disallow',
  'divisibleBy',
  'extends',
  'if',
  'else',
  'maxContains',
  'minContains',
  'not',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/** Throws for a keyword of `node` that cannot be enforced. */
export function refuseKeywords(document: SchemaDocument, node: SchemaObject): void {
  for (const key of refusedKeywords) {
    // `dependentSchemas: {}` and the like say nothing.
    const value = keyword(node, key);
    if (
      value === undefined ||
      (isSchemaObject(value) && saysNothingWhenEmpty.has(key) && Object.keys(value).length === 0)
    )
      continue;
    throw document.refuse(node, key, `the keyword "${key}" cannot be enforced`);
  }
  const unique = keyword(node, 'uniqueItems');
  if (unique !== undefined && unique !== false)
    throw document.refuse(node, 'uniqueItems', '"uniqueItems" cannot be enforced');
  const id = keyword(node, '$id');
  if (typeof id === 'string' && !id.startsWith('#') && node !== document.root) {
    // It changes what every reference below it points to.
    throw document.refuse(node, '$id', 'an "$id" inside the schema cannot be followed');
  }
}

const saysNothingWhenEmpty: ReadonlySet<string> = new Set(['dependencies', 'dependentRequired', 'dependentSchemas']);
