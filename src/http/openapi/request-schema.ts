/** A request's schema as JSON Schema: what a client sends, so fields with a default may be left out. */
import { z } from 'zod';
import { shapeOf, type WireShape } from '../../api/wire-shapes.ts';

type Json = Readonly<Record<string, unknown>>;

export function requestSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema: made }) {
      // What every whole number of JavaScript is bounded by says nothing about the field.
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
      const shape = shapeOf(zodSchema);
      if (shape === undefined) return;
      // A list that may also be a text is no list only.
      delete made.type;
      delete made.items;
      Object.assign(made, { anyOf: alternatives(shape) });
    },
  });
  return rest;
}

function alternatives(shape: WireShape): Json[] {
  if ('anyOf' in shape) return shape.anyOf.map(requestSchema);
  const { tag, kinds, untagged } = shape;
  return Array.from(kinds, ([name, schema]) => {
    const { properties = {}, required = [], ...rest } = requestSchema(schema) as ObjectSchema;
    return {
      ...rest,
      properties: { [tag]: { const: name }, ...properties },
      required: name === untagged ? required : [tag, ...required],
    };
  });
}

interface ObjectSchema extends Json {
  readonly properties?: Json;
  readonly required?: readonly string[];
}
