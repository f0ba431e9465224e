/**
 * OpenAI's tagged objects. The schema is chosen by the field `type`, so an error names the field of the kind that was meant, and a kind
 * that is not known is refused by its name.
 */
import { z } from 'zod';
import { parseInto } from '../parse-into.ts';
import { shaped } from '../wire-shapes.ts';

export interface ByTypeOptions {
  /** The kind of an object without `type`; undefined = it must have one. */
  readonly untyped?: string;
  /** Said behind the name of a kind that is not in the table. */
  readonly refusal: string;
}

export function byType<Schemas extends Readonly<Record<string, z.ZodType>>>(
  schemas: Schemas,
  { untyped, refusal }: ByTypeOptions,
) {
  const known = new Map<string, z.ZodType>(Object.entries(schemas));
  const object = z.unknown().transform((value, context): z.output<Schemas[keyof Schemas]> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return fail(context, { code: 'invalid_type', expected: 'object', input: value });
    }
    const type = ('type' in value ? value.type : undefined) ?? untyped;
    const schema = typeof type === 'string' ? known.get(type) : undefined;
    if (schema !== undefined) return parseInto(context, schema, value) as z.output<Schemas[keyof Schemas]>;
    const message = type === undefined ? 'it is missing' : `${shown(type)} ${refusal}`;
    return fail(context, { code: 'custom', input: value, path: ['type'], message });
  });
  return shaped(object, { tag: 'type', kinds: known, untagged: untyped });
}

/** A string, or what `schema` takes; a plain union could not say what is wrong inside. */
export function stringOr<Schema extends z.ZodType>(schema: Schema) {
  const either = z.unknown().transform((value, context): string | z.output<Schema> => {
    return typeof value === 'string' ? value : parseInto(context, schema, value);
  });
  return shaped(either, { anyOf: [z.string(), schema] });
}

type Context = z.core.$RefinementCtx;

function fail(context: Context, issue: z.core.$ZodRawIssue): never {
  context.issues.push(issue);
  return z.NEVER;
}

const shownLength = 100;

function shown(type: unknown): string {
  return JSON.stringify(type).slice(0, shownLength);
}
