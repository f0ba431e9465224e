/**
 * Go's rules for struct fields, on top of zod: keys match whatever their case, unknown ones are ignored, `null` means unset. A value of
 * the wrong type is answered with its place in the request and what was expected, never with a type name of some implementation.
 */
import { z } from 'zod';
import { CorralError } from '../core/corral-error.ts';

/** An object schema that follows those rules. Every field of `shape` should be optional or have a default: Go knows no required ones. */
export function goObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = new Set(Object.keys(shape));
  const byFolded = new Map([...known].map((key) => [key.toLowerCase(), key]));
  return z.preprocess((value) => {
    if (value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) return value;
    const fields: [string, unknown][] = [];
    for (const [key, field] of Object.entries(value)) {
      const name = known.has(key) ? key : byFolded.get(key.toLowerCase());
      if (name !== undefined && field !== null) fields.push([name, field]);
    }
    return Object.fromEntries(fields);
  }, z.object(shape));
}

/** `value` as `schema` has it. Throws `bad_request`, or the CorralError that a transform threw. */
export function parseWire<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw wireError(parsed.error.issues[0]);
}

function wireError(issue: z.core.$ZodIssue | undefined): CorralError {
  if (issue === undefined) return new CorralError('bad_request', 'invalid request');
  const place = issue.path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
  const what = place === '' ? 'invalid request' : `invalid value for ${JSON.stringify(place)}`;
  const at = place === '' ? {} : { param: place };
  if (issue.code !== 'invalid_type') return new CorralError('bad_request', `${what}: ${issue.message}`, at);
  const reason = `expected ${nameOfKind(issue.expected)}, got ${kindOf(issue.input)}`;
  return new CorralError('bad_request', `${what}: ${reason}`, at);
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

function nameOfKind(kind: string): string {
  return kindNames[kind] ?? kind;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  return nameOfKind(Array.isArray(value) ? 'array' : typeof value);
}
