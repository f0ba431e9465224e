/** The types that a tool's schema allows for an argument, also where they are told by a reference, by options or by the values of an enum. */
import { recordOf } from '../../go-template-values.ts';
import { listOf, optionsOf, type Property, typesOf } from '../rendering/declared-properties.ts';

/** `root`: the schema of all arguments, which references speak of. */
export function argumentTypes(property: Property, root: Property): readonly string[] {
  const types = new Set<string>();
  // Each schema is looked at once, so references to one another end.
  const seen = new Set<Property>();
  const open: unknown[] = [property];
  while (open.length > 0) {
    const schema = recordOf(open.pop());
    if (schema === undefined || seen.has(schema)) continue;
    seen.add(schema);
    const options = optionsOf(schema);
    const own = options.length > 0 ? [] : ownTypes(schema);
    for (const type of own) types.add(type);
    if (own.length > 0) continue;
    open.push(...options, ...listOf(schema['oneOf']), ...listOf(schema['allOf']), referredSchema(schema['$ref'], root));
  }
  return [...types];
}

function ownTypes(schema: Property): readonly string[] {
  const named = typesOf(schema);
  if (named.length > 0) return named;
  const values = Object.hasOwn(schema, 'const') ? [schema['const']] : listOf(schema['enum']);
  return values.map(typeOf);
}

function referredSchema(reference: unknown, root: Property): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
  let schema: unknown = root;
  for (const part of reference.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    schema = Array.isArray(schema) ? (schema as readonly unknown[])[Number(key)] : recordOf(schema)?.[key];
  }
  return schema;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
