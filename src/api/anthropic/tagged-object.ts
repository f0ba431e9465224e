/** Objects whose kind one of their fields names, as Anthropic's blocks, sources and tools are: each kind has a schema, and others a reason why not. */
import { z } from 'zod';
import { parseInto } from '../parse-into.ts';
import { shaped } from '../wire-shapes.ts';

export interface TagOptions {
  /** The field that names the kind. */
  readonly key?: string;
  /** The kind of an object that names none; without it a kind is required. */
  readonly untagged?: string;
  /** Why a kind that has no schema is refused. Completes `invalid value for "PLACE": `. */
  readonly refusal: (tag: string) => string;
}

export function taggedObject<Schemas extends Readonly<Record<string, z.ZodType>>>(
  schemas: Schemas,
  { key = 'type', untagged, refusal }: TagOptions,
) {
  const kinds = new Map<string, z.ZodType>(Object.entries(schemas));
  const object = z.unknown().transform((value, context): z.output<Schemas[keyof Schemas]> => {
    const refuse = (message: string, path: readonly PropertyKey[]) => {
      context.issues.push({ code: 'custom', message, path: [...path], input: value });
      return z.NEVER;
    };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('expected an object', []);
    const tag: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
    const kind = tag ?? untagged;
    if (typeof kind !== 'string') return refuse(`expected one of ${[...kinds.keys()].join(', ')}`, [key]);
    const schema = kinds.get(kind);
    if (schema === undefined) return refuse(refusal(kind), [key]);
    return parseInto(context, schema, value) as z.output<Schemas[keyof Schemas]>;
  });
  return shaped(object, { tag: key, kinds, untagged });
}
