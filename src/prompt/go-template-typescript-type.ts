/** A tool property's JSON schema type as TypeScript, for templates that describe tools as TypeScript functions (gpt-oss). */

const names: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  array: 'any[]',
  object: 'Record<string, any>',
  null: 'null',
};

/** Expects a property that has passed the depth check. */
export function typeScriptTypeOf(property: Readonly<Record<string, unknown>>): string {
  const { anyOf, type } = property;
  if (Array.isArray(anyOf) && anyOf.length > 0)
    return (anyOf as readonly Readonly<Record<string, unknown>>[])
      .map((option) => typeScriptTypeOf(option ?? {}))
      .join(' | ');
  const types = (Array.isArray(type) ? (type as readonly unknown[]) : [type]).filter(
    (name): name is string => typeof name === 'string',
  );
  if (types.length === 0) return 'any';
  return types.map((name) => (Object.hasOwn(names, name) ? names[name] : 'any')).join(' | ');
}
