/**
 * What a schema takes that decides inside a transform, where a description made of schemas (/openapi.json) can't look: which kinds of
 * object, or a text in place of a list. Who writes such a transform says it here.
 */
import type { z } from 'zod';

export type WireShape =
  | { readonly anyOf: readonly z.ZodType[] }
  | {
      /** Objects by what stands in their field `tag`. */
      readonly tag: string;
      readonly kinds: ReadonlyMap<string, z.ZodType>;
      /** The kind of an object without that field; undefined = it must have it. */
      readonly untagged?: string | undefined;
    };

// Not zod's own registry: its types rewrite those of schemas that stand in what is registered.
const shapes = new WeakMap<object, WireShape>();

/** The schema itself. */
export function shaped<Schema extends z.ZodType>(schema: Schema, shape: WireShape): Schema {
  shapes.set(schema, shape);
  return schema;
}

export function shapeOf(schema: object): WireShape | undefined {
  return shapes.get(schema);
}
